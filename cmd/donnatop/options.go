package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/spf13/pflag"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/timerange"
)

// options are the common flags, resolved.
type options struct {
	configFile string

	db          string
	loki        string
	selector    string
	orgID       string
	username    string
	password    string
	bearerToken string
	bearerFile  string
	caCert      string
	clientCert  string
	clientKey   string
	skipVerify  bool
	logs        []string
	donnaConfig string
	docker      string
	dockerCerts string
	dataPath    string
	refresh     time.Duration
	noCache     bool

	theme     string
	tz        string
	window    string
	ascii     bool
	noColor   bool
	bell      bool
	logFile   string
	exportDir string
	noState   bool

	location *time.Location
	common   *pflag.FlagSet // all of the above: what the configuration file may set
	// origins tell where each value came from, if not from its default.
	origins map[string]string
	// configRead is the configuration file that was read; empty if none was.
	configRead string
	noFile     bool // read no configuration file
	// sections are the parts of the configuration file that are no flags, by name.
	sections map[string]section
	served   *served // by which a client's command is answered; nil for a command of one's own
}

// section is a part of the configuration file with keys of its own.
type section struct {
	file string
	node ast.Node
}

// sectionNames are the sections there are: key bindings by action (keys), saved
// filters by name (filters), alert rules and routes (alerts), and what serve
// needs (serve).
var sectionNames = []string{"keys", "filters", "alerts", "serve"}

// envNames are the environment variables of each flag, the first that is set wins.
var envNames = map[string][]string{
	"config":            {"DONNATOP_CONFIG"},
	"db":                {"DONNA_DB_PATH"},
	"loki":              {"LOKI_ADDR", "DONNA_LOKI_URL"},
	"org-id":            {"LOKI_ORG_ID"},
	"username":          {"LOKI_USERNAME"},
	"password":          {"LOKI_PASSWORD"},
	"bearer-token":      {"LOKI_BEARER_TOKEN"},
	"bearer-token-file": {"LOKI_BEARER_TOKEN_FILE"},
	"ca-cert":           {"LOKI_CA_CERT_PATH"},
	"cert":              {"LOKI_CLIENT_CERT_PATH"},
	"key":               {"LOKI_CLIENT_KEY_PATH"},
	"tls-skip-verify":   {"LOKI_TLS_SKIP_VERIFY"},
	"donna-config":      {"DONNA_CONFIG_DIR"},
	"docker":            {"DOCKER_HOST"},
	"docker-certs":      {"DOCKER_CERT_PATH"},
	"data-path":         {"DONNA_DATA_PATH"},
	"theme":             {"DONNATOP_THEME"},
}

// secretFlags may stand in the configuration file only if nobody else can read it.
var secretFlags = map[string]bool{"password": true, "bearer-token": true}

const defaultSelector = `{container_name=~"donna-.*"}`

func (o *options) addSourceFlags(f *pflag.FlagSet) {
	f.SortFlags = false
	f.StringVar(&o.db, "db", "", "Donna's database: donna_tasks.db or the `directory` that holds it [$DONNA_DB_PATH]")
	f.StringVar(&o.loki, "loki", "", "`URL` of Loki [$LOKI_ADDR, $DONNA_LOKI_URL]")
	f.StringVar(&o.selector, "selector", defaultSelector, "LogQL stream `selector` of Donna's lines")
	f.StringArrayVar(&o.logs, "logs", nil, "JSON-lines or docker json-file log: `FILE`, glob, or - for standard input; may be repeated")
	f.StringVar(&o.donnaConfig, "donna-config", "", "`directory` of Donna's YAML configuration, for her budgets [$DONNA_CONFIG_DIR]")
	f.StringVar(&o.docker, "docker", "", "Docker engine of Donna's containers: `address`, socket or off; the local socket if it exists [$DOCKER_HOST]")
	f.StringVar(&o.dockerCerts, "docker-certs", "", "`directory` with ca.pem, cert.pem and key.pem for a TLS engine [$DOCKER_CERT_PATH]")
	f.StringVar(&o.dataPath, "data-path", "", "root `directory` of Donna's data, for disks and marker files [$DONNA_DATA_PATH]")
	f.StringVar(&o.orgID, "org-id", "", "Loki tenant, sent as X-Scope-OrgID [$LOKI_ORG_ID]")
	f.StringVar(&o.username, "username", "", "`name` for basic authentication at Loki [$LOKI_USERNAME]")
	f.StringVar(&o.password, "password", "", "`password` for it; others can see a command line: prefer the environment [$LOKI_PASSWORD]")
	f.StringVar(&o.bearerToken, "bearer-token", "", "bearer `token` for Loki; prefer --bearer-token-file or the environment [$LOKI_BEARER_TOKEN]")
	f.StringVar(&o.bearerFile, "bearer-token-file", "", "`file` that holds it, read again at every request [$LOKI_BEARER_TOKEN_FILE]")
	f.StringVar(&o.caCert, "ca-cert", "", "`file` with the CA certificate of Loki's server [$LOKI_CA_CERT_PATH]")
	f.StringVar(&o.clientCert, "cert", "", "`file` with a client certificate for Loki [$LOKI_CLIENT_CERT_PATH]")
	f.StringVar(&o.clientKey, "key", "", "`file` with its key [$LOKI_CLIENT_KEY_PATH]")
	f.BoolVar(&o.skipVerify, "tls-skip-verify", false, "do not verify Loki's certificate [$LOKI_TLS_SKIP_VERIFY]")
	f.DurationVar(&o.refresh, "refresh", time.Second, "how often the database is looked at")
	f.BoolVar(&o.noCache, "no-cache", false, "read the database anew at every start: keep nothing of it in the user's cache directory")
	f.StringVar(&o.configFile, "config", "", "configuration `file`: flag names as YAML keys [$DONNATOP_CONFIG]")
}

func (o *options) addScreenFlags(f *pflag.FlagSet) {
	f.StringVar(&o.window, "window", data.Window24h, "`range` of time to begin with: "+strings.Join(data.WindowNames, ", ")+", or any other such as "+timerange.Forms)
	f.StringVar(&o.tz, "tz", "UTC", "time `zone` of the clocks on screen; days and months stay UTC, as Donna counts them")
	f.StringVar(&o.theme, "theme", "", "colour `theme`: a built-in one or one of your own [$DONNATOP_THEME]")
	f.BoolVar(&o.ascii, "ascii", false, "draw borders and charts in ASCII")
	f.BoolVar(&o.noColor, "no-color", false, "no colours [$NO_COLOR]")
	f.BoolVar(&o.bell, "bell", false, "ring the terminal's bell when another alert fires")
	f.StringVar(&o.exportDir, "export-dir", ".", "`directory` for what is exported from the screen; empty to allow copying only")
	f.BoolVar(&o.noState, "no-state", false, "neither begin as the last session ended nor remember this one")
	f.StringVar(&o.logFile, "log-file", "", "write donnatop's own log to this `file`, in Donna's format")
}

// resolve fills in what the command line didn't say: a flag beats the
// environment, that beats the configuration file, that beats the default.
// Errors name the place the wrong value came from.
func (o *options) resolve(flags *pflag.FlagSet, e *env) error {
	fromEnv := func(name string) (string, string) {
		for _, key := range envNames[name] {
			if v, ok := e.getenv(key); ok && v != "" {
				return key, v
			}
		}
		return "", ""
	}
	if o.common == nil {
		o.common = flags
	}
	if o.served != nil {
		return o.served.lend(o)
	}
	if !flags.Changed("config") {
		_, o.configFile = fromEnv("config")
	}
	file, sections, err := o.readConfigFile()
	if err != nil {
		return usageError{err}
	}
	o.sections, o.origins = sections, make(map[string]string)
	o.common.VisitAll(func(f *pflag.Flag) {
		if err != nil {
			return
		}
		if f.Changed {
			o.origins[f.Name] = "flag"
			return
		}
		if key, v := fromEnv(f.Name); key != "" {
			o.origins[f.Name] = "$" + key
			if setErr := f.Value.Set(v); setErr != nil {
				err = usagef("$%s: %w", key, setErr)
			}
			return
		}
		for _, v := range file[f.Name].values {
			o.origins[f.Name] = file[f.Name].place
			if setErr := f.Value.Set(v); setErr != nil {
				err = usagef("%s: %s: %w", file[f.Name].place, f.Name, setErr)
				return
			}
		}
	})
	if err != nil {
		return err
	}
	if v, ok := e.getenv(noColorEnv); ok && v != "" && !o.noColor {
		o.noColor = true // https://no-color.org: its presence is what counts
		o.origins["no-color"] = "$" + noColorEnv
	}
	return o.check()
}

// noColorEnv turns colours off whatever its value is.
const noColorEnv = "NO_COLOR"

// check validates what can be wrong with a value whatever its source.
func (o *options) check() error {
	location, err := time.LoadLocation(o.tz)
	if err != nil {
		return usagef("unknown time zone %q: use a name such as Europe/Berlin or UTC", o.tz)
	}
	o.location = location
	if o.refresh < 100*time.Millisecond {
		return usagef("--refresh %v is too short: the least is 100ms", o.refresh)
	}
	return nil
}

// fileSetting is what the configuration file says of one flag.
type fileSetting struct {
	place  string // file and line
	values []string
}

// defaultConfigPath is where the configuration file is looked for; empty if there
// is no home directory.
func defaultConfigPath() string {
	dir, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "donnatop", "config.yaml")
}

// readConfigFile reads the YAML file that was asked for, or the default one if it
// exists. Its keys are the names of common flags; an unknown one is an error,
// because a misspelt key would silently do nothing.
func (o *options) readConfigFile() (map[string]fileSetting, map[string]section, error) {
	path, asked := o.configFile, o.configFile != ""
	if o.noFile {
		return nil, nil, nil
	}
	if !asked {
		if path = defaultConfigPath(); path == "" {
			return nil, nil, nil
		}
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && !asked {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read configuration: %w", err)
	}
	o.configRead = path
	parsed, err := parser.ParseBytes(text, 0)
	if err != nil {
		line, _, _ := strings.Cut(yaml.FormatError(err, false, false), "\n")
		return nil, nil, fmt.Errorf("parse configuration %s: %s", path, line)
	}
	settings, sections := make(map[string]fileSetting), make(map[string]section)
	for _, doc := range parsed.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.NullType {
			continue
		}
		mapping, ok := doc.Body.(*ast.MappingNode)
		if !ok {
			return nil, nil, fmt.Errorf("parse configuration %s: it must be lines of the form `key: value`", path)
		}
		for _, pair := range mapping.Values {
			if name := pair.Key.GetToken().Value; slices.Contains(sectionNames, name) {
				sections[name] = section{file: path, node: pair.Value}
				continue
			}
			if err := readSetting(path, pair, o.common, settings); err != nil {
				return nil, nil, err
			}
		}
	}
	return settings, sections, nil
}

func readSetting(path string, pair *ast.MappingValueNode, flags *pflag.FlagSet, into map[string]fileSetting) error {
	token := pair.Key.GetToken()
	name, place := token.Value, fmt.Sprintf("%s line %d", path, token.Position.Line)
	flag := flags.Lookup(name)
	if flag == nil || name == "config" || name == "help" {
		names := slices.Clone(sectionNames)
		flags.VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if meant := nearest(name, names); meant != "" {
			return fmt.Errorf("%s: unknown key %q: did you mean %q?", place, name, meant)
		}
		return fmt.Errorf("%s: unknown key %q: donnatop config explain lists them", place, name)
	}
	if secretFlags[name] {
		if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o077 != 0 {
			return fmt.Errorf("%s: %s is secret but others can read the file: chmod 600 %s", place, name, path)
		}
	}
	var value any
	if err := yaml.NodeToValue(pair.Value, &value); err != nil {
		return fmt.Errorf("%s: %s: %w", place, name, err)
	}
	s := fileSetting{place: place}
	list, isList := value.([]any)
	if !isList {
		list = []any{value}
	} else if _, many := flag.Value.(pflag.SliceValue); !many {
		return fmt.Errorf("%s: %s takes one value, not a list", place, name)
	}
	for _, v := range list {
		if _, nested := v.(map[string]any); nested || v == nil {
			return fmt.Errorf("%s: %s has no usable value", place, name)
		}
		s.values = append(s.values, fmt.Sprint(v))
	}
	into[name] = s
	return nil
}
