package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/donnaconfig"
	"github.com/donna-project/donnatop/data/logfile"
)

// CheckLogFiles looks at the files that paths lead to, without reading them.
// loki says that the lines come from there anyway.
func CheckLogFiles(now time.Time, paths []string, loki bool) Check {
	return Check{Name: "log_files", Run: func(_ context.Context, report func(Finding)) {
		if len(paths) == 0 && loki {
			report(Good("log_files", "none: the lines are Loki's"))
			return
		}
		if len(paths) == 0 {
			report(Warn("log_files", "not configured", "give --logs FILE if there is no Loki"))
			return
		}
		found, faults := logfile.Survey(paths)
		for _, f := range faults {
			detail, fix := split(f, "; ")
			report(Fail("log_files", detail, fix))
		}
		var bytes int64
		var newest logfile.Surveyed
		readable := 0
		for _, f := range found {
			switch {
			case f.Fault == "":
				readable++
				bytes += f.Bytes
				if f.Modified.After(newest.Modified) {
					newest = f
				}
			case slices.Contains(paths, f.Path):
				detail, fix := split(f.Fault, "; ")
				report(Fail("log_files", detail, fix))
			default: // a glob doesn't mean what rotation left
				detail, _ := split(f.Fault, "; ")
				report(Good("log_files", detail+": passed over"))
			}
		}
		switch {
		case readable > 0:
			report(Good("log_files", fmt.Sprintf("%d readable, %s, the last written %s ago: %s", readable, size(bytes), ago(max(now.Sub(newest.Modified), 0)), newest.Path)))
		case slices.Contains(paths, logfile.Stdin):
			report(Good("log_files", "standard input is not read by a check"))
		}
	}}
}

// CheckDonnaConfig reads Donna's YAML files.
func CheckDonnaConfig(dir string) Check {
	return Check{Name: "donna_config", Run: func(_ context.Context, report func(Finding)) {
		if dir == "" {
			report(Warn("donna_config", "not configured: Donna's own defaults hold (20 and 100 USD)", "give --donna-config DIR (or DONNA_CONFIG_DIR)"))
			return
		}
		c, err := donnaconfig.Load(dir)
		if err != nil {
			detail, fix := err.Error(), "mend the file; until then Donna's own defaults hold"
			if what, advice, ok := strings.Cut(detail, ": --donna-config"); ok {
				detail, fix = what, "--donna-config"+advice
			}
			report(Fail("donna_config", detail, fix))
			return
		}
		report(Good("donna_config", configDetail(dir, c)))
	}}
}

func configDetail(dir string, c data.Config) string {
	detail := fmt.Sprintf("%s: budgets of %g USD a day and %g USD a month", dir, c.DailyUSD, c.MonthlyUSD)
	if len(c.Defaulted) > 0 {
		detail += "; not in the files, so by default: " + strings.Join(c.Defaulted, ", ")
	}
	return detail
}

// CheckWritable looks whether a directory of donnatop's own can be written to,
// or made. probe makes a file in a directory and removes it; variable is the
// environment variable by which the directory can be another one.
func CheckWritable(name, dir, variable string, exists func(string) bool, probe func(string) error) Check {
	return Check{Name: name, Run: func(_ context.Context, report func(Finding)) {
		if dir == "" {
			report(Warn(name, "there is no home directory: nothing is kept between runs", "set HOME"))
			return
		}
		nearest := dir
		for !exists(nearest) && nearest != filepath.Dir(nearest) {
			nearest = filepath.Dir(nearest)
		}
		switch err := probe(nearest); {
		case err != nil:
			report(Warn(name, fmt.Sprintf("%s can't be written: %v", dir, err), makeWritable(dir, variable, nearest, err)))
		case nearest != dir:
			report(Good(name, dir+" can be made when it is needed"))
		default:
			report(Good(name, dir+" can be written"))
		}
	}}
}

// makeWritable is what lets a user write a directory. Only what is donnatop's own
// is given to them, never the directory above it.
func makeWritable(dir, variable, nearest string, err error) string {
	switch {
	case !errors.Is(err, fs.ErrPermission): // a read-only file system, a file in the way
		return "use a directory that can be written: export " + variable + "=DIR"
	case nearest == dir:
		return fmt.Sprintf("sudo chown -R $USER %s && chmod u+rwx %s", dir, dir)
	}
	return "sudo install -d -o $USER " + dir
}
