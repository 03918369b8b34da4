package stack

import (
	"strconv"
	"strings"
)

const (
	framePrefix = `  File "`
	// maxDepth bounds groups in groups. Python prints ten levels.
	maxDepth = 16
	// maxCode is beyond how many bytes no further lines are added to a frame's code. Python prints a few at most.
	maxCode = 1024
)

// chainSentences stand between an exception and the one that followed from it.
var chainSentences = map[string]Link{
	"The above exception was the direct cause of the following exception:": DirectCause,
	"During handling of the above exception, another exception occurred:":  DuringHandling,
}

func isHeader(line string) bool {
	switch line {
	case "Traceback (most recent call last):", "Exception Group Traceback (most recent call last):", "Stack (most recent call last):":
		return true
	}
	return false
}

// pythonReader reads the exceptions of one level of a text in Python's layout.
type pythonReader struct {
	causes  []Cause
	link    Link
	open    bool     // the last of causes goes on
	message []string // its lines so far; nil before the line that names the type
}

// parsePython reads lines that stand at the margin. A group's members are indented behind bars:
//
//	ExceptionGroup: two failed (2 sub-exceptions)
//	+-+---------------- 1 ----------------
//	  | ValueError: one
//	  +---------------- 2 ----------------
//	  | ValueError: two
//	  +------------------------------------
//
// Python sets a group that is not itself a member two columns in, behind a bar of its own; package logging does not.
func parsePython(lines []string, depth int) []Cause {
	var r pythonReader
	for i := 0; i < len(lines); {
		line := lines[i]
		link, chained := chainSentences[line]
		switch {
		case chained && r.open:
			r.finish()
			r.link = link
		case r.message != nil && isMembersStart(line) && depth < maxDepth:
			n := barred(lines[i+1:])
			r.members(lines[i:i+1+n], depth)
			i += n
		case r.message != nil:
			r.message = append(r.message, line)
		case strings.HasPrefix(line, framePrefix) && r.frame(line):
		case isHeader(line):
			r.begin()
		case isBarred(line) && depth < maxDepth && (!r.open || len(r.last().Frames) == 0):
			n := barred(lines[i:])
			r.group(lines[i:i+n], depth)
			i += n - 1
		case line == "":
		case r.open && strings.HasPrefix(line, "  "):
			r.detail(line)
		default:
			r.headline(line)
		}
		i++
	}
	r.finish()
	return r.causes
}

func (r *pythonReader) last() *Cause { return &r.causes[len(r.causes)-1] }

func (r *pythonReader) begin() {
	if r.open {
		return
	}
	r.causes = append(r.causes, Cause{Link: r.link})
	r.link, r.open, r.message = First, true, nil
}

func (r *pythonReader) finish() {
	if r.open {
		c := r.last()
		if len(r.message) > 0 {
			c.Message = strings.TrimRight(strings.Join(r.message, "\n"), "\n")
		}
		r.open, r.message = false, nil
	}
}

// frame reads `  File "app/jobs.py", line 11, in divide`; a SyntaxError's place has no function.
func (r *pythonReader) frame(line string) bool {
	file, rest, ok := strings.Cut(line[len(framePrefix):], `", line `)
	if !ok {
		return false
	}
	number, function, _ := strings.Cut(rest, ", in ")
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 {
		return false
	}
	r.begin()
	f := Frame{File: file, Line: n, Function: function}
	f.App = f.isApp()
	c := r.last()
	c.Frames = append(c.Frames, f)
	return true
}

// detail reads what stands below a frame.
func (r *pythonReader) detail(line string) {
	c := r.last()
	if len(c.Frames) == 0 {
		return
	}
	f := &c.Frames[len(c.Frames)-1]
	if count, ok := strings.CutPrefix(line, "  [Previous line repeated "); ok {
		count, _, _ = strings.Cut(count, " ")
		if n, err := strconv.Atoi(count); err == nil && n > 0 {
			f.Repeated = n
		}
		return
	}
	code, ok := strings.CutPrefix(line, "    ")
	if !ok || strings.Trim(code, " ~^") == "" {
		return // the marks below the part of the line that failed
	}
	switch {
	case f.Code == "":
		f.Code = code
	case len(f.Code) < maxCode:
		f.Code += "\n" + code
	}
}

// headline reads "Type: message", the line that ends a traceback or is all there is.
func (r *pythonReader) headline(line string) {
	r.begin()
	c := r.last()
	name, message, ok := strings.Cut(line, ": ")
	if !ok {
		name = strings.TrimSuffix(line, ":")
	}
	if !isTypeName(name) || len(c.Frames) == 0 && !looksQualified(name) {
		name, message = "", line
	}
	c.Type = name
	r.message = []string{message}
}

// isTypeName accepts what Python and Go print for a type: dotted names, "<locals>" and type arguments included.
func isTypeName(s string) bool {
	if s == "" {
		return false
	}
	for _, c := range s {
		if c <= ' ' || c == 0x7f || strings.ContainsRune("\"'`:;,()=!?#%&|\\", c) {
			return false
		}
	}
	return true
}

// looksQualified tells a type from the first word of a sentence where no traceback says which of them it is.
func looksQualified(name string) bool {
	return name[0] >= 'A' && name[0] <= 'Z' || strings.Contains(name, ".")
}

func isMembersStart(line string) bool { return strings.HasPrefix(line, "+-+----") }

// isBarred tells whether the line belongs to a group that is indented: blanks, then a bar or a plus.
func isBarred(line string) bool {
	rest := strings.TrimLeft(line, " ")
	return len(line)-len(rest) >= 2 && rest != "" && (rest[0] == '|' || rest[0] == '+')
}

// barred counts the lines at the beginning that are, empty ones in between included: package logging puts no bar on those.
func barred(lines []string) int {
	n := 0
	for i, line := range lines {
		if isBarred(line) {
			n = i + 1
		} else if line != "" {
			break
		}
	}
	return n
}

// group reads a whole group that Python has set two columns in.
func (r *pythonReader) group(lines []string, depth int) {
	inner := parsePython(unbar(lines), depth+1)
	if len(inner) == 0 {
		return
	}
	link := r.link
	if r.open { // only its header has been read
		link = r.last().Link
		r.causes = r.causes[:len(r.causes)-1]
	}
	inner[0].Link = link
	r.causes = append(r.causes, inner...)
	// Only a chain sentence can follow.
	r.link, r.open, r.message = First, true, []string{inner[len(inner)-1].Message}
}

// members reads the members that begin with lines[0] and adds them to the last exception.
func (r *pythonReader) members(lines []string, depth int) {
	c := r.last()
	begin := 1
	for i := 1; i <= len(lines); i++ {
		if i < len(lines) && !strings.HasPrefix(lines[i], "  +----") {
			continue
		}
		if causes := parsePython(unbar(lines[begin:i]), depth+1); len(causes) > 0 {
			c.Members = append(c.Members, Trace{causes})
		}
		begin = i + 1
	}
}

// unbar takes lines two columns to the left and out from behind the bar there.
func unbar(lines []string) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		line = line[min(2, len(line)):]
		switch {
		case line == "|":
			line = ""
		case strings.HasPrefix(line, "| "), strings.HasPrefix(line, "+ "):
			line = line[2:]
		}
		out[i] = line
	}
	return out
}
