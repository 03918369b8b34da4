// Package archtest checks that the arrows between packages point the way
// docs/architecture.md draws them, so that a wrong import fails with its reason.
package archtest

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const module = "github.com/donna-project/donnatop"

// pkg is what `go list -json` says of a package.
type pkg struct {
	ImportPath string
	Standard   bool
	Imports    []string
	Deps       []string
}

func list(t *testing.T, args ...string) []pkg {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Standard,Imports,Deps"}, args...)...)
	cmd.Dir = filepath.Join("..", "..")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	var pkgs []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return pkgs
		} else if err != nil {
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
}

// within tells whether path is pkg or lies below it.
func within(path, pkg string) bool { return path == pkg || strings.HasPrefix(path, pkg+"/") }

func TestDependencyDirection(t *testing.T) {
	const (
		bubbletea = "charm.land/bubbletea"
		lipgloss  = "charm.land/lipgloss"
		ntcharts  = "github.com/NimbleMarkets/ntcharts"
		sqlite    = "modernc.org/sqlite"
		websocket = "github.com/gorilla/websocket"
		shoutrrr  = "github.com/nicholas-fedor/shoutrrr"
		wish      = "charm.land/wish"
		ssh       = "charm.land/ssh"
	)
	rules := []struct {
		from      string   // packages within it ...
		except    []string // ... but not within these ...
		forbidden []string // ... must reach none of these
		why       string
	}{
		{from: module + "/data", forbidden: []string{bubbletea, lipgloss, ntcharts, module + "/ui", module + "/themes", module + "/cmd"},
			why: "figures are tested and served without a terminal"},
		{from: module + "/data", except: []string{module + "/data/sqlite", module + "/data/demo"}, forbidden: []string{sqlite},
			why: "only the reader and the simulator know the database engine"},
		{from: module + "/data", except: []string{module + "/data/loki", module + "/data/logstream", module + "/data/doctor", module + "/data/archive"}, forbidden: []string{websocket},
			why: "only the client knows Loki's wire; who follows, searches and examines it does so through the client"},
		{from: module + "/data", except: []string{module + "/data/alert/notify"}, forbidden: []string{shoutrrr, module + "/data/alert/notify"},
			why: "only the notifiers know how messages leave the house"},
		{from: module + "/ui", forbidden: []string{shoutrrr, module + "/data/alert"}, why: "screens show alerts, they don't judge or send them"},
		{from: module, except: []string{module + "/ui/serve", module + "/cmd"}, forbidden: []string{wish, ssh},
			why: "only the server knows that there is SSH"},
		{from: module + "/ui/serve/authkeys", forbidden: []string{wish, ssh, bubbletea, module + "/data", module + "/themes"}, why: "who may log in is decided without a screen"},
		{from: module + "/themes", forbidden: []string{module + "/data", module + "/ui", bubbletea}, why: "themes are a leaf"},
		{from: module + "/ui/format", forbidden: []string{module + "/ui", module + "/data", bubbletea}, why: "formatters know numbers only"},
		{from: module + "/ui/safe", forbidden: []string{module + "/ui", module + "/data", bubbletea}, why: "the text filter is a leaf"},
		{from: module + "/ui/palette", forbidden: []string{module + "/ui", module + "/data", bubbletea}, why: "the search is a leaf"},
		{from: module + "/ui/keyname", forbidden: []string{module + "/ui", module + "/data", bubbletea}, why: "names of keys are a leaf"},
		{from: module + "/ui/export", forbidden: []string{module + "/ui/views", module + "/data", bubbletea}, why: "files are written without a screen"},
		{from: module + "/ui/state", forbidden: []string{module + "/ui", module + "/data", bubbletea}, why: "what is remembered is plain data"},
		{from: module + "/ui/panels", forbidden: []string{module + "/ui/views", bubbletea, sqlite, websocket}, why: "panels are pure functions of figures"},
		{from: module + "/ui/panels/chart", forbidden: []string{module + "/data"}, why: "charts know numbers and sizes, never Donna"},
		{from: module + "/ui", forbidden: []string{module + "/cmd", sqlite, websocket}, why: "screens see snapshots, not sources"},
	}
	pkgs := list(t, "./...")
	for _, r := range rules {
		checked := 0
		for _, p := range pkgs {
			if !within(p.ImportPath, r.from) || anyWithin(p.ImportPath, r.except) {
				continue
			}
			checked++
			for _, d := range p.Deps {
				if anyWithin(d, r.forbidden) && !within(d, r.from) {
					t.Errorf("%s reaches %s: %s", p.ImportPath, d, r.why)
				}
			}
		}
		if checked == 0 {
			t.Errorf("no package within %s: the rule checks nothing", r.from)
		}
	}
}

func anyWithin(path string, pkgs []string) bool {
	for _, p := range pkgs {
		if within(path, p) || strings.HasPrefix(path, p+".") {
			return true
		}
	}
	return false
}

func TestLoggingReachesOnlyTheStandardLibrary(t *testing.T) {
	for _, p := range list(t, "-deps", "./logging/...") {
		if !p.Standard && !within(p.ImportPath, module+"/logging") {
			t.Errorf("logging reaches %s: services import it and must not inherit dependencies", p.ImportPath)
		}
	}
}

func TestOnlyTheChartHelperImportsNtcharts(t *testing.T) {
	for _, p := range list(t, "./...") {
		for _, i := range p.Imports {
			if strings.Contains(i, "ntcharts") && !within(p.ImportPath, module+"/ui/panels/chart") {
				t.Errorf("%s imports %s: the traps of ntcharts are guarded in ui/panels/chart only", p.ImportPath, i)
			}
		}
	}
}

// TestClockIsInjected looks for calls that read the wall clock or wait for it.
func TestClockIsInjected(t *testing.T) {
	forbidden := map[string]bool{"Now": true, "Since": true, "Until": true, "Sleep": true, "After": true, "Tick": true, "NewTimer": true, "NewTicker": true, "AfterFunc": true}
	for _, root := range []string{"data", "ui"} {
		err := filepath.WalkDir(filepath.Join("..", "..", root), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			fset := token.NewFileSet()
			f, err := parser.ParseFile(fset, path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if sel, ok := n.(*ast.SelectorExpr); ok {
					if x, ok := sel.X.(*ast.Ident); ok && x.Name == "time" && x.Obj == nil && forbidden[sel.Sel.Name] {
						t.Errorf("%s: time.%s: take the injected clock", fset.Position(n.Pos()), sel.Sel.Name)
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
