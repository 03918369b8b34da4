package themes

// The sizes of the ramps.
const (
	SeriesLen = 8 // the last one is for "all others"
	HeatLen   = 4 // from little to much; nothing at all is not painted
)

// Styles is one variant of a theme: a [Paint] for every role. It is never
// changed once made and may be shared between sessions.
type Styles struct {
	Name  string // of the theme
	About string // one sentence
	Dark  bool   // the variant

	Text   Paint // ordinary text and numbers
	Strong Paint // the figure a panel is about
	Faint  Paint // labels, units, axes' captions, what is not there
	Accent Paint // what the eye should find first

	Border      Paint
	BorderFocus Paint
	Title       Paint // of a panel
	TitleFocus  Paint
	Status      Paint // right end of a panel's title
	Header      Paint // the line on top of the screen
	Column      Paint // headings of table columns
	Tab         Paint
	TabActive   Paint
	Key         Paint // a key in help and footer
	Selected    Paint // the row under the cursor
	Match       Paint // what a search found

	Good     Paint
	Warning  Paint
	Bad      Paint
	Critical Paint
	Money    Paint

	LevelDebug    Paint
	LevelInfo     Paint
	LevelWarning  Paint
	LevelError    Paint
	LevelCritical Paint

	Gauge        Paint // the filled part while all is well
	GaugeWarning Paint // from the share on at which the screen warns
	GaugeOver    Paint // beyond the whole
	GaugeTrack   Paint // the empty part

	ChartAxis Paint // lines and ticks
	ChartLine Paint // a single series
	ChartMark Paint // the column of now
	Series    [SeriesLen]Paint
	Heat      [HeatLen]Paint

	// Stack[lower][upper] is for the one cell in which two series of a stack
	// meet: the lower one drawn upon the upper one.
	Stack [SeriesLen][SeriesLen]Paint

	// Patterns says that colour can't tell series apart (a theme without
	// colours): charts then fill each with a glyph of its own.
	Patterns bool
}

// Level is the paint of a log level, lower case; Text for one it doesn't know.
func (s *Styles) Level(level string) Paint {
	switch level {
	case "debug":
		return s.LevelDebug
	case "info":
		return s.LevelInfo
	case "warning":
		return s.LevelWarning
	case "error":
		return s.LevelError
	case "critical":
		return s.LevelCritical
	}
	return s.Text
}

// role is a key of a theme file and the field it sets.
type role struct {
	name       string
	paint      *Paint
	background bool // it may paint its background
}

func (s *Styles) roles() []role {
	return []role{
		{name: "text", paint: &s.Text},
		{name: "strong", paint: &s.Strong},
		{name: "faint", paint: &s.Faint},
		{name: "accent", paint: &s.Accent},
		{name: "border", paint: &s.Border},
		{name: "border_focus", paint: &s.BorderFocus},
		{name: "title", paint: &s.Title},
		{name: "title_focus", paint: &s.TitleFocus},
		{name: "status", paint: &s.Status},
		{name: "header", paint: &s.Header},
		{name: "column", paint: &s.Column},
		{name: "tab", paint: &s.Tab},
		{name: "tab_active", paint: &s.TabActive, background: true},
		{name: "key", paint: &s.Key},
		{name: "selected", paint: &s.Selected, background: true},
		{name: "match", paint: &s.Match, background: true},
		{name: "good", paint: &s.Good},
		{name: "warning", paint: &s.Warning},
		{name: "bad", paint: &s.Bad},
		{name: "critical", paint: &s.Critical},
		{name: "money", paint: &s.Money},
		{name: "level_debug", paint: &s.LevelDebug},
		{name: "level_info", paint: &s.LevelInfo},
		{name: "level_warning", paint: &s.LevelWarning},
		{name: "level_error", paint: &s.LevelError},
		{name: "level_critical", paint: &s.LevelCritical},
		{name: "gauge", paint: &s.Gauge},
		{name: "gauge_warning", paint: &s.GaugeWarning},
		{name: "gauge_over", paint: &s.GaugeOver},
		{name: "gauge_track", paint: &s.GaugeTrack},
		{name: "chart_axis", paint: &s.ChartAxis},
		{name: "chart_line", paint: &s.ChartLine},
		{name: "chart_mark", paint: &s.ChartMark},
	}
}
