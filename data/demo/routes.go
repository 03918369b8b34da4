package demo

import "strings"

// A route is where donna_models.yaml sends a task type, and what its calls typically weigh.
type route struct {
	alias     string
	category  string // of the retry policy
	latencyMS float64
	in, out   float64 // median tokens
	spread    float64 // of all three, the standard deviation of the logarithm
}

const (
	aliasParser   = "parser"
	aliasReasoner = "reasoner"
	aliasFallback = "fallback"
	aliasLocal    = "local_parser"
	aliasVision   = "local_vision"
)

// model is what an alias stands for.
type model struct {
	id    string // as model_actual has it
	local bool
	ctx   int // num_ctx
}

var models = map[string]model{
	aliasParser:   {id: "anthropic/claude-sonnet-4-6"},
	aliasReasoner: {id: "anthropic/claude-sonnet-4-6"},
	aliasFallback: {id: "anthropic/claude-sonnet-4-6"},
	aliasLocal:    {id: "ollama/qwen2.5:32b-instruct-q4_K_M", local: true, ctx: 8192},
	aliasVision:   {id: "ollama/qwen2.5-vl:7b-instruct-q6_K", local: true, ctx: 4096},
}

// Prices in USD per token. A local model is not free: its electricity is.
const (
	cloudIn, cloudOut = 3e-6, 1.5e-5
	localToken        = 0.0001 / 1000
)

// contextReserve is kept free in a local model's window for the answer.
const contextReserve = 1024

func cost(m model, in, out int) float64 {
	if m.local {
		return float64(in+out) * localToken
	}
	return float64(in)*cloudIn + float64(out)*cloudOut
}

var routes = map[string]route{
	"parse_task":              {aliasLocal, "critical", 2600, 900, 160, 0.35},
	"parse_task_cloud":        {aliasParser, "critical", 2100, 1100, 190, 0.30},
	"classify_priority":       {aliasLocal, "standard", 900, 480, 25, 0.35},
	"dedup_check":             {aliasParser, "standard", 1300, 700, 60, 0.30},
	"task_decompose":          {aliasReasoner, "agent", 9800, 2600, 1300, 0.45},
	"extract_preferences":     {aliasReasoner, "agent", 6200, 3400, 420, 0.40},
	"prep_research":           {aliasReasoner, "agent", 21000, 9500, 2200, 0.55},
	"challenge_task":          {aliasParser, "standard", 2400, 900, 110, 0.40},
	"claude_novelty":          {aliasReasoner, "standard", 3400, 2100, 260, 0.40},
	"reply_intent":            {aliasLocal, "critical", 1500, 650, 60, 0.35},
	"generate_nudge":          {aliasLocal, "standard", 2200, 520, 90, 0.35},
	"generate_reminder":       {aliasLocal, "standard", 1900, 460, 70, 0.35},
	"generate_digest":         {aliasParser, "standard", 7400, 4200, 850, 0.30},
	"generate_weekly_digest":  {aliasReasoner, "standard", 12500, 8800, 1500, 0.30},
	"format_user_output":      {aliasLocal, "standard", 1700, 540, 110, 0.40},
	"classify_chat_intent":    {aliasLocal, "critical", 800, 420, 20, 0.30},
	"chat_respond":            {aliasParser, "critical", 4300, 5200, 420, 0.50},
	"chat_summarize":          {aliasLocal, "standard", 4800, 2600, 260, 0.45},
	"chat_escalation":         {aliasReasoner, "agent", 16000, 9800, 1900, 0.45},
	"escalation_summary":      {aliasParser, "standard", 3600, 2400, 300, 0.30},
	"triage_failure":          {aliasParser, "standard", 2900, 2200, 190, 0.35},
	"skill_equivalence_judge": {aliasReasoner, "standard", 3300, 2600, 180, 0.35},
	"skill_auto_draft":        {aliasReasoner, "agent", 38000, 16000, 5200, 0.35},
	"skill_evolution":         {aliasReasoner, "agent", 46000, 24000, 6100, 0.35},
	"draft_meeting_note":      {aliasParser, "standard", 8800, 3900, 900, 0.35},
	"draft_daily_reflection":  {aliasParser, "standard", 9400, 5200, 1000, 0.25},
	"draft_weekly_review":     {aliasReasoner, "standard", 14500, 9600, 1700, 0.25},
	"draft_person_profile":    {aliasParser, "standard", 6800, 3300, 700, 0.35},
	"extract_commitments":     {aliasLocal, "standard", 5200, 2900, 240, 0.45},
	"skill_step":              {aliasParser, "agent", 3200, 2300, 330, 0.50},
	"skill_step__local":       {aliasLocal, "agent", 4100, 1800, 230, 0.50},
	"skill_step__vision":      {aliasVision, "agent", 6400, 1500, 210, 0.45},
	"skill_validation":        {aliasParser, "agent", 3300, 2300, 320, 0.40},
	"claude_native":           {aliasReasoner, "agent", 7800, 3600, 620, 0.60}, // a capability's bare name
}

// routeOf resolves dynamic task types as Donna does, by prefix.
func routeOf(taskType string) route {
	if r, ok := routes[taskType]; ok {
		return r
	}
	prefix, _, dynamic := strings.Cut(taskType, "::")
	switch {
	case !dynamic:
		return routes["claude_native"]
	case prefix == "skill_step__"+aliasLocal:
		return routes["skill_step__local"]
	case prefix == "skill_step__"+aliasVision:
		return routes["skill_step__vision"]
	}
	return routes[prefix]
}
