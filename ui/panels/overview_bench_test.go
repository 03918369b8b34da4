package panels_test

import (
	"testing"

	"github.com/donna-project/donnatop/themes"
)

// BenchmarkWatchPanel draws each panel anew, as [BenchmarkPanel] does those of
// the LLM view: in a third of a screen of 200x60.
func BenchmarkWatchPanel(b *testing.B) {
	e, in := env(b, themes.Default, false), sampleWatch()
	for _, p := range watchPanels() {
		b.Run(p.ID, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p.Draw(e, in, 65, 13)
			}
		})
	}
}
