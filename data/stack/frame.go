package stack

import (
	"strconv"
	"strings"
)

// String is the frame on one line: "app/jobs.py:11 in divide".
func (f *Frame) String() string {
	s := f.File + ":" + strconv.Itoa(f.Line)
	if f.Function != "" {
		s += " in " + f.Function
	}
	return s
}

// isApp tells whether the frame is the program's own code.
func (f *Frame) isApp() bool {
	return !f.installed() && !pythonStandard(slashed(f.File))
}

// installed tells whether the frame is code that was installed beside the program.
func (f *Frame) installed() bool {
	file := slashed(f.File)
	if !strings.HasSuffix(file, ".go") && !strings.HasSuffix(file, ".s") {
		return hasElement(file, "site-packages") || hasElement(file, "dist-packages")
	}
	return goInstalled(file) || goStandard(f.Function)
}

func slashed(file string) string { return strings.ReplaceAll(file, `\`, "/") }

func hasElement(file, name string) bool {
	return strings.HasPrefix(file, name+"/") || strings.Contains(file, "/"+name+"/")
}

// pythonStandard knows the standard library by where it is installed ("/usr/lib/python3.12/json/decoder.py",
// "C:/Python312/Lib/json/decoder.py", "lib/python312.zip/…") and code without a file by its name ("<frozen runpy>").
func pythonStandard(file string) bool {
	if strings.HasPrefix(file, "<") {
		return file != "<stdin>"
	}
	for _, marker := range []string{"/lib/python", "/lib64/python"} {
		if i := strings.Index(file, marker); i >= 0 {
			next := file[i+len(marker):]
			return next != "" && next[0] >= '2' && next[0] <= '9'
		}
	}
	return strings.Contains(file, "/Lib/") && strings.Contains(file[:strings.Index(file, "/Lib/")], "Python")
}

// goInstalled knows Go's modules by the module cache, by the version that -trimpath leaves in the name, and vendored ones
// by their directory.
func goInstalled(file string) bool {
	return hasElement(file, "pkg/mod") || hasElement(file, "vendor") || strings.Contains(file, "@v")
}

// goStandardRoots are the first elements of the standard library's import paths. They cannot be told from other paths
// without a dot, and where GOROOT was is not in a trace built with -trimpath.
var goStandardRoots = map[string]bool{
	"archive": true, "bufio": true, "bytes": true, "cmp": true, "compress": true, "container": true, "context": true, "crypto": true,
	"database": true, "debug": true, "embed": true, "encoding": true, "errors": true, "expvar": true, "flag": true, "fmt": true,
	"go": true, "hash": true, "html": true, "image": true, "index": true, "internal": true, "io": true, "iter": true, "log": true,
	"maps": true, "math": true, "mime": true, "net": true, "os": true, "panic": true, "path": true, "plugin": true, "reflect": true,
	"regexp": true, "runtime": true, "slices": true, "sort": true, "strconv": true, "strings": true, "structs": true, "sync": true,
	"syscall": true, "testing": true, "text": true, "time": true, "unicode": true, "unique": true, "unsafe": true, "weak": true,
}

func goStandard(function string) bool {
	function = strings.TrimPrefix(function, "created by ")
	root, _, ok := strings.Cut(function, "/")
	if !ok {
		root, _, _ = strings.Cut(function, ".")
	}
	return goStandardRoots[root]
}
