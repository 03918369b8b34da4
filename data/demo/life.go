package demo

import (
	"errors"
	"time"
)

// life is the simulated household: Donna's state as far as later happenings depend on it. Only the running process touches it.
type life struct {
	engine
	opt  Options
	rng  *rng
	db   *store
	out  *lines
	zone *time.Location
	dir  layout

	start     time.Time // of the history
	end       time.Time // of the history
	factorDay int       // the local day whose factor is cached
	factor    float64

	money     ledger
	anthropic *provider
	ollama    *provider
	routers   struct{ orchestrator, skills, api router }
	payloads  payloads

	downUntil time.Time // the orchestrator is dead before this instant
	discord   outage
	supabase  outage
	hung      outage // the orchestrator's web server answers no probe
	shadowOn  bool   // donna_models.yaml shadow.enabled, as deployed at the time
	enforcing bool   // manual_escalation.yaml gate.mode

	tasks        []*task
	skills       []*skill
	capabilities []*capability
	automations  []*automation
	settings     map[string]string
	corrections  []*correction
	rules        []string
	gaps         map[string]*toolGap
	extensions   []*extension
	queued       []notification
	vault        []*document
	lastSupabase time.Time

	capabilityGap string // the id of what replies ask for in vain

	escalationID, extensionID, toolRequestID, memoryTurnID int64
	decks                                                  decks
}

// outage is a stretch of time in which something outside does not answer.
type outage struct{ from, until time.Time }

func (o outage) on(t time.Time) bool { return !t.Before(o.from) && t.Before(o.until) }

// hang is when the orchestrator's web server answers no probe, though the rest of
// it goes on. It is planned without a draw, so that everything else is as it would
// be without it.
func (o Options) hang() outage {
	at := o.Start.Add(-o.History).Add(time.Duration(0.52 * float64(o.History))).Truncate(time.Second)
	return outage{at, at.Add(17 * time.Minute)}
}

// Who lives here. The household has one owner; a second person talks to Donna now and then and has an id made from Discord's.
const (
	owner        = "nick"
	ownerDiscord = "284917365501296640"
	guest        = "discord_571203948812345344"
	system       = "system"
)

func newLife(o Options, zone *time.Location, dir layout, db *store, out *lines) *life {
	l := &life{
		engine: engine{now: o.Start.Add(-o.History)},
		opt:    o, rng: newRNG(o.Seed), db: db, out: out, zone: zone, dir: dir,
		start: o.Start.Add(-o.History), end: o.Start,
		settings: map[string]string{}, gaps: map[string]*toolGap{},
	}
	l.hung = o.hang()
	l.anthropic, l.ollama = newProvider("anthropic", "anthropic"), newProvider("ollama", "httpx")
	l.routers.orchestrator, l.routers.skills, l.routers.api = newRouter(l), newRouter(l), newRouter(l)
	l.payloads.evictBefore = l.end.Add(-payloadLife)
	l.decks = newDecks()
	return l
}

// ratedCallsPerDay is what the rates written in this package add up to on a weekday, as measured.
const ratedCallsPerDay = 1450

// scale turns a rate written in this package into one of the configured volume.
func (l *life) scale(perDay float64) float64 {
	return perDay * float64(l.opt.CallsPerDay) / ratedCallsPerDay
}

// begin sets the household up and starts everything that happens in it.
func (l *life) begin() {
	l.settle()
	l.startServices()
	l.startFaults()
	l.startTasks()
	l.startNotifications()
	l.startChat()
	l.startSkills()
	l.startAutomations()
	l.startEscalations()
	l.startMemory()
	l.startPreferences()
	l.startConsole()
	l.startNoise()
}

func (l *life) err() error { return errors.Join(l.db.err(), l.out.failed) }

// share returns the instant at a share of the history: what must happen in every history is planned by it.
func (l *life) share(f float64) time.Time {
	return l.start.Add(time.Duration(f * float64(l.opt.History)))
}

// insert writes a row whose columns are given in order.
func (l *life) insert(table string, values ...any) {
	l.db.exec(insertSQL(table, len(values)), values...)
}

func (l *life) exec(query string, args ...any) { l.db.exec(query, args...) }
