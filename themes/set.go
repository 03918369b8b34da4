package themes

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxFile bounds a theme file: the largest that makes sense has a few kilobytes.
const maxFile = 64 << 10

// Set is the themes there are to choose from: the embedded ones and a user's own.
// One of the user's with the name of an embedded one takes its place. The nil Set
// has the embedded ones. It is never changed once made.
type Set struct{ own map[string]file }

// file is a user's theme, or why it can't be read.
type file struct {
	path string
	src  []byte
	err  error
}

// Info is what there is to know of a theme before it is used.
type Info struct {
	Name  string
	About string // one sentence
	Own   bool   // it is the user's
	Err   error  // what is wrong with it: it can't be used
}

// ReadDir is the themes of the files *.yaml in a directory, with the embedded
// ones. A directory that isn't there has none. A file with a mistake is no error:
// who chooses it is told, with file and line.
func ReadDir(dir string) (*Set, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read themes: %w", err)
	}
	s := &Set{own: make(map[string]file)}
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".yaml")
		if !ok || name == "" {
			continue
		}
		f := file{path: filepath.Join(dir, e.Name())}
		f.src, f.err = read(f.path)
		s.own[name] = f
	}
	return s, nil
}

// read is the text of a theme file. Whatever is no file could keep the program
// waiting for ever.
func read(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, fmt.Errorf("read theme: %w", err)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("read theme %s: it is no file", path)
	case info.Size() > maxFile:
		return nil, fmt.Errorf("read theme %s: it has %d bytes, the most is %d", path, info.Size(), maxFile)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read theme: %w", err)
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, maxFile))
	if err != nil {
		return nil, fmt.Errorf("read theme %s: %w", path, err)
	}
	return src, nil
}

// Names lists the themes: the default one, the user's own, the other embedded ones.
func (s *Set) Names() []string {
	names := Names()
	if s == nil {
		return names
	}
	var own []string
	for name := range s.own {
		if name != Default {
			own = append(own, name)
		}
	}
	slices.Sort(own)
	rest := slices.DeleteFunc(names[1:], func(n string) bool { return slices.Contains(own, n) })
	return slices.Concat(names[:1], own, rest)
}

// New is a theme in its dark or light variant. The error lists the names there
// are, or says what is wrong with the file.
func (s *Set) New(name string, dark bool) (*Styles, error) {
	if s != nil {
		if f, ok := s.own[name]; ok {
			if f.err != nil {
				return nil, f.err
			}
			return Load(f.path, f.src, dark)
		}
	}
	if !slices.Contains(Names(), name) {
		return nil, fmt.Errorf("unknown theme %q: use one of %s", name, strings.Join(s.Names(), ", "))
	}
	return New(name, dark)
}

// List tells of every theme, in the order of Names.
func (s *Set) List() []Info {
	var out []Info
	for _, name := range s.Names() {
		info := Info{Name: name}
		if s != nil {
			_, info.Own = s.own[name]
		}
		styles, err := s.New(name, true)
		if info.Err = err; err == nil {
			info.About = styles.About
		}
		out = append(out, info)
	}
	return out
}
