package logfile

import (
	"errors"
	"io"
	"os"
	"time"
)

// Surveyed is a file that paths lead to.
type Surveyed struct {
	Path     string
	Bytes    int64
	Modified time.Time
	Fault    string // why it can't be read as a log, with what to do after a semicolon; "" if it can
}

// Survey looks at what paths and globs lead to, without reading more than the
// beginning of each file, and says what is wrong with those that lead nowhere.
// Standard input is passed over.
func Survey(paths []string) (found []Surveyed, faults []string) {
	var named []string
	for _, p := range paths {
		if p != Stdin {
			named = append(named, p)
		}
	}
	candidates, faults := discover(named, false)
	for _, c := range candidates {
		s := Surveyed{Path: c.path, Bytes: c.info.Size(), Modified: c.info.ModTime()}
		if head, err := beginning(c.path); err != nil {
			s.Fault = describe(c.path, err)
		} else if fault := sniff(head); fault != "" {
			s.Fault = c.path + " " + fault
		}
		found = append(found, s)
	}
	return found, faults
}

func beginning(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head := make([]byte, headSize)
	n, err := io.ReadFull(f, head)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return head[:n], err
}
