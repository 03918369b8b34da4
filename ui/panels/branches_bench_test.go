package panels_test

import (
	"testing"

	"github.com/donna-project/donnatop/themes"
)

// BenchmarkBranchPanel draws each panel anew, as [BenchmarkPanel] does those of
// the LLM view: in a third of a screen of 200x60.
func BenchmarkBranchPanel(b *testing.B) {
	e, in := env(b, themes.Default, false), figuresInput(sampleBranches())
	for _, p := range branchPanels() {
		b.Run(p.ID, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p.Draw(e, in, 65, 13)
			}
		})
	}
}
