package ui

import (
	"errors"
	"fmt"
	"image/color"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"
	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logline"
	"github.com/donna-project/donnatop/data/trace"
	"github.com/donna-project/donnatop/ui/views"
)

func sampleTracer() *fakeTracer {
	return &fakeTracer{traces: map[string]*trace.Trace{sampleTaskID: sampleTrace()}, timeline: sampleTimeline()}
}

// traceScenes are states of a trace with the keys that lead there.
var traceScenes = map[string][]string{
	"first":      nil,
	"error":      {"n"},
	"zoomed":     {"n", "z", "z"},
	"by service": {"b", "down", "down", "down"},
	"errors":     {"!"},
	"item":       {"n", "enter"},
	"call":       {"down", "enter"},
}

func TestGoldenTrace(t *testing.T) {
	for name, keys := range traceScenes {
		for _, size := range [][2]int{{80, 24}, {120, 40}, {200, 60}} {
			for shade, background := range map[string]color.Color{"dark": color.Black, "light": color.White} {
				if shade == "light" && name != "error" {
					continue // a light terminal changes colours alone
				}
				t.Run(fmt.Sprintf("%s_%dx%d_%s", strings.ReplaceAll(name, " ", "_"), size[0], size[1], shade), func(t *testing.T) {
					var frame string
					drive(t, size[0], size[1], traced(sampleTracer()), func(d *driver) {
						d.send(tea.BackgroundColorMsg{Color: background})
						d.showTrace(sampleTaskID)
						d.press(keys...)
						lines := d.lines()
						checkFrame(t, lines, size[0], size[1])
						frame = strings.Join(lines, "\n")
					})
					golden.RequireEqual(t, frame)
				})
			}
		}
	}
}

// What is searched, found nowhere, failed and a timeline look different.
func TestGoldenTraceStates(t *testing.T) {
	waiting := sampleTracer()
	failed := &fakeTracer{err: errors.New("read invocation_log: database disk image is malformed")}
	for name, c := range map[string]struct {
		tracer *fakeTracer
		open   func(d *driver)
	}{
		"searching": {waiting, func(d *driver) {
			waiting.steps = make(chan int) // made here, for synctest to know of it
			d.showTrace(sampleTaskID)
		}},
		"nothing": {&fakeTracer{}, func(d *driver) { d.showTrace("no-such-id") }},
		"failed":  {failed, func(d *driver) { d.showTrace(sampleTaskID) }},
		"timeline": {sampleTracer(), func(d *driver) {
			d.m.router.push(views.NewTimeline(d.m.ctx, d.m.ctx.Tracer.(views.Timeliner), sampleCorrelationID))
			d.run(d.m.show())
			d.press("down", "down")
		}},
		"no timeline": {&fakeTracer{}, func(d *driver) {
			d.m.router.push(views.NewTimeline(d.m.ctx, d.m.ctx.Tracer.(views.Timeliner), sampleCorrelationID))
			d.run(d.m.show())
			d.settle()
			d.m.touch(true)
		}},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			var frame string
			drive(t, 80, 24, traced(c.tracer), func(d *driver) {
				c.open(d)
				checkFrame(t, d.lines(), 80, 24)
				frame = d.screen()
			})
			golden.RequireEqual(t, frame)
		})
	}
}

// Two keys lead from a log line to the life it belongs to, and Esc back to it.
func TestTraceFromTheLog(t *testing.T) {
	tracer := sampleTracer()
	drive(t, 120, 40, traced(tracer), func(d *driver) {
		d.press("L")
		d.publish(func(h *data.Hub) {
			batch := make([]logline.Entry, 1)
			logline.Parse(&batch[0], fmt.Sprintf(`{"event": "overdue_nudge_dispatched", "level": "info", "task_id": %q}`, sampleTaskID), d.clock.Now(), d.clock.Now())
			h.AppendLines(batch)
		})
		before := d.screen()
		d.must("c trace")
		d.press("c")
		d.must("Logs › Trace 019f6123-7a1…", "discord_message_received", "✗ loki failed")
		d.press("esc")
		if after := d.screen(); after != before {
			t.Errorf("esc does not lead back:\n%s", after)
		}
		d.press("enter", "c")
		d.must("overdue_nudge_dispatched › Trace 019f6123-7a1…")
	})
	if len(tracer.asked) != 2 || tracer.asked[0] != sampleTaskID {
		t.Errorf("asked for %v", tracer.asked)
	}
}

func TestTraceFromAnInvocation(t *testing.T) {
	tracer := sampleTracer()
	drive(t, 120, 40, traced(tracer), func(d *driver) {
		id := d.m.feed.figures.LLM.Recent[0].ID
		d.press("p", "enter", "c")
		d.must("LLM & Cost › Invocation ", " › Trace "+id[:10], "nothing found for "+id, "db searched", "loki failed")
		if tracer.asked[0] != id {
			t.Errorf("asked for %v, want %s", tracer.asked, id)
		}
		d.press("esc", "esc")
		d.must("Spend & budget")
	})
}

// A trace shows what is known while the rest is read, and the cursor stays on its
// item.
func TestTraceGrows(t *testing.T) {
	tracer := sampleTracer()
	drive(t, 120, 40, traced(tracer), func(d *driver) {
		tracer.steps = make(chan int)
		d.showTrace(sampleTaskID)
		d.must("looking for " + sampleTaskID)
		tracer.steps <- 4
		d.must("reading 21.1%", "1 of 5 rows", "task_created")
		d.mustNot("reminder_dispatched")
		d.press("down", "down", "down")
		d.must("task_created  2026-07-14")
		tracer.steps <- 15
		d.must("reading 78.9%", "4 of 16 rows", "task_created  2026-07-14")
		close(tracer.steps)
		d.must("4 of 20 rows", "completed")
		d.mustNot("reading")
	})
}

// Leaving the view ends the reading, whichever way it is left.
func TestLeavingEndsTheReading(t *testing.T) {
	for name, leave := range map[string]func(d *driver){
		"esc":     func(d *driver) { d.press("esc") },
		"the tab": func(d *driver) { d.press("4") },
		"quit":    func(d *driver) { d.m.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			tracer := sampleTracer()
			drive(t, 120, 40, traced(tracer), func(d *driver) {
				tracer.steps = make(chan int)
				d.showTrace(sampleTaskID)
				tracer.steps <- 4
				d.settle()
				leave(d)
				d.settle()
				if len(tracer.ended) != 1 {
					t.Errorf("the reading goes on: %v", tracer.ended)
				}
			})
		})
	}
}

// Of two traces under way each takes its own answers only.
func TestTracesDoNotMix(t *testing.T) {
	tracer := &fakeTracer{traces: map[string]*trace.Trace{sampleTaskID: sampleTrace()}}
	other := *sampleTrace()
	other.ID, other.Items = "other", other.Items[:2]
	tracer.traces["other"] = &other
	drive(t, 120, 40, traced(tracer), func(d *driver) {
		tracer.steps = make(chan int)
		d.showTrace(sampleTaskID)
		d.showTrace("other")
		close(tracer.steps)
		d.must("1 of 3 rows")
		d.press("esc")
		d.must("1 of 20 rows")
	})
}

// A failure after something was found leaves that on the screen.
func TestTraceThatBreaksOff(t *testing.T) {
	tracer := sampleTracer()
	tracer.err = errors.New("loki: 502 Bad Gateway")
	drive(t, 120, 40, traced(tracer), func(d *driver) {
		tracer.steps = make(chan int)
		d.showTrace(sampleTaskID)
		tracer.steps <- 4
		d.settle()
		close(tracer.steps)
		d.must("this is not all, reading it ended: loki: 502 Bad Gateway", "task_created", "r read again")
		tracer.steps, tracer.err = nil, nil
		d.press("r")
		d.must("of 20 rows")
		d.mustNot("this is not all")
	})
}

// From a trace the selected item's own id leads on.
func TestTraceLeadsOn(t *testing.T) {
	tracer := sampleTracer()
	drive(t, 120, 40, traced(tracer), func(d *driver) {
		d.showTrace(sampleTaskID)
		d.press("c")
		d.must("nothing found for " + sampleCorrelationID)
		d.press("esc", "G")
		d.mustNot("c trace") // it has no other id
	})
}

func TestTraceMoves(t *testing.T) {
	drive(t, 120, 40, traced(sampleTracer()), func(d *driver) {
		d.showTrace(sampleTaskID)
		d.press("n")
		d.must("prep_agent_execution_failed  2026-07-14")
		d.press("n")
		d.must("escalation_owner_mismatch  2026-07-15")
		d.mustNot("n next error")
		d.press("N")
		d.must("prep_agent_execution_failed  2026-07-14")
		d.press("!")
		d.must("1 of 2 rows, errors only", "prep_agent_execution_failed  2026-07-14")
		d.press("!")
		d.must("14 of 20 rows")
		d.press("z", "z", "z")
		d.must("zoomed to 12.5%")
		d.press("g") // what is selected can be seen
		d.must("zoomed to 12.5%")
		d.press("=")
		d.mustNot("zoomed")
	})
}

func TestItemFolds(t *testing.T) {
	drive(t, 120, 40, traced(sampleTracer()), func(d *driver) {
		d.showTrace(sampleTaskID)
		d.press("n", "enter")
		d.must("/app/donna/models/router.py:412 in complete", "web_search", "▸ raw")
		d.press("z", "z")
		d.mustNot("web_search", "router.py:412")
		d.press("G", "right")
		d.must(`"event":"prep_agent_execution_failed"`)
		d.press("left")
		d.mustNot(`"event":"prep_agent_execution_failed"`)
	})
}

func TestEscalationLeadsToItsTimeline(t *testing.T) {
	open := func(clock *clockwork.FakeClock) Options {
		o := simulated(t)(clock)
		f := o.Hub.Snapshot().Figures().Escalations.List
		line := sampleTimeline()
		line.CorrelationID = f[0].CorrelationID
		o.Tracer = &fakeTracer{timeline: line}
		return o
	}
	drive(t, 120, 40, open, func(d *driver) {
		d.press("7", "f")
		for d.focused() != "Escalations" {
			d.press("n")
		}
		id := d.m.feed.figures.Escalations.List[0].CorrelationID
		d.press("enter")
		d.must("enter timeline", "c trace")
		d.press("enter")
		d.must("/admin/escalations/"+id, "+ 1 of its tool gaps", "+ tool_gap_detected")
		d.press("c")
		d.must("nothing found for " + id)
	})
}

// No trace can be opened where there is nothing to look in.
func TestNoTraceWithoutTracer(t *testing.T) {
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		d.press("p", "enter")
		d.mustNot("c trace")
		before := d.screen()
		d.press("c")
		if d.screen() != before {
			t.Error("c does something")
		}
	})
}

func TestTraceHidesMoney(t *testing.T) {
	for name, keys := range traceScenes {
		drive(t, 200, 60, traced(sampleTracer()), func(d *driver) {
			d.showTrace(sampleTaskID)
			d.press(keys...)
			d.press("z", "$")
			for _, amount := range []string{"0.0815", "0.0949", "0.0123", "$0.0", "0.5"} {
				if strings.Contains(d.screen(), amount) {
					t.Errorf("%s: %s is shown:\n%s", name, amount, d.screen())
				}
			}
		})
	}
}

// strangeTraces are traces nobody expects.
func strangeTraces() map[string]*trace.Trace {
	sample := sampleTrace()
	part := func(items ...trace.Item) *trace.Trace {
		t := *sample
		t.Items = items
		return &t
	}
	instant, names, order, durations := part(), part(), part(), part()
	for i := range sample.Items {
		item := sample.Items[i]
		item.Time, item.DurationMS = testNow, nil
		instant.Items = append(instant.Items, item)
		item.Event, item.Service = strings.Repeat("event_", 50), strings.Repeat("日本語 🦷 ", 50)
		names.Items = append(names.Items, item)
		item.Time = time.Date(1+i*500, 1, 1, 0, 0, 0, 0, time.UTC)
		order.Items = append(order.Items, item)
		item = sample.Items[i]
		item.DurationMS = ref([]float64{-1, 1e300, 0, 1e12}[i%4])
		item.Twin = ref(99)
		durations.Items = append(durations.Items, item)
	}
	gaps := part(sample.Items...)
	for range 300 {
		gaps.Gaps = append(gaps.Gaps, trace.Gap{Source: "loki", From: testNow, To: testNow.Add(-time.Hour), Reason: strings.Repeat("x", 500)})
	}
	gaps.Capped = &trace.Capped{Limit: 10_000, Dropped: 312, Of: "items"}
	return map[string]*trace.Trace{
		"no items": part(), "one item": part(sample.Items[0]), "one instant": instant, "long names": names,
		"ages": order, "durations": durations, "gaps": gaps, "ten thousand": manyItems(10_000), "nothing known": {ID: "x"},
	}
}

// A trace fills every size with any content, and hostile text stays in its place.
func TestTraceAtEverySize(t *testing.T) {
	if testing.Short() {
		t.Skip("a walk over all of them in one goroutine: left to the runs without -short")
	}
	all := strangeTraces()
	rng := rand.New(rand.NewPCG(5, 7))
	for i := range 3 {
		t := spoiled(rng, *sampleTrace())
		for k, evil := range hostile {
			t.Items[k].Event, t.Items[k].Service, t.Items[k].Raw = evil, evil, &hostile[(k+i)%len(hostile)]
			t.Items[k].Fields = fieldsOf("exception", evil, evil[:min(len(evil), 300)], map[string]any{"deep": evil}, "event", evil)
		}
		t.Items[12].Fields["broken"] = []byte(`{"a": [1, {"b": "\u001b]52;c;eA==\u0007` + "\x1b[31m")
		all[fmt.Sprintf("hostile %d", i)] = &t
	}
	keys := []string{"down", "enter", "z", "esc", "G", "b", "z", "]", "enter", "G", "left", "esc", "!", "n", "Z", "g"}
	for name, tr := range all {
		for _, ascii := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s ascii %v", name, ascii), func(t *testing.T) {
				open := func(clock *clockwork.FakeClock) Options {
					o := traced(&fakeTracer{traces: map[string]*trace.Trace{sampleTaskID: tr}})(clock)
					o.ASCII = ascii
					return o
				}
				drive(t, 80, 24, open, func(d *driver) {
					d.showTrace(sampleTaskID)
					for _, size := range [][2]int{{80, 24}, {40, 12}, {41, 13}, {60, 16}, {200, 60}, {400, 15}, {133, 70}} {
						d.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
						for _, k := range keys {
							if k == "esc" && d.top().ID() != views.IDTraceItem {
								continue
							}
							d.press(k)
							checkFrame(t, d.lines(), size[0], size[1])
							if ascii && strings.ContainsFunc(d.screen(), func(r rune) bool { return r >= 0x80 }) {
								t.Fatalf("not ASCII:\n%s", d.screen())
							}
						}
					}
				})
			})
		}
	}
}

// The view itself draws into any size, those the shell never gives too.
func TestTraceInNoRoom(t *testing.T) {
	drive(t, 80, 24, traced(sampleTracer()), func(d *driver) {
		d.showTrace(sampleTaskID)
		trace := d.top()
		d.press("n", "enter")
		for _, v := range []views.View{trace, d.top()} {
			for w := range 50 {
				for h := range 30 {
					v.Resize(w, h)
					v.Bindings()
					lines := v.Lines()
					if len(lines) != h {
						t.Fatalf("%d lines in %dx%d", len(lines), w, h)
					}
					if h > 0 {
						checkFrame(t, lines, w, h)
					}
				}
			}
		}
	})
}

// Without colours the selected row differs from the others by its glyphs.
func TestSelectedRowIsMarked(t *testing.T) {
	drive(t, 120, 40, traced(sampleTracer()), func(d *driver) {
		d.showTrace(sampleTaskID)
		d.press("down", "down")
		marked := 0
		for _, l := range strings.Split(d.screen(), "\n") {
			if strings.HasPrefix(l, "┃› ") || strings.HasPrefix(l, "┃›") {
				marked++
				if !strings.Contains(l, "╌") {
					t.Errorf("no line through the cells of %q", l)
				}
			}
		}
		if marked != 1 {
			t.Errorf("%d rows are marked:\n%s", marked, d.screen())
		}
	})
}

func TestEveryBindingOfATraceDoesSomething(t *testing.T) {
	if testing.Short() {
		t.Skip("a walk over all of them in one goroutine: left to the runs without -short")
	}
	for name, way := range map[string][]string{
		"first": {"c"}, "middle": {"c", "n", "z", "z"}, "errors": {"c", "!"}, "by service": {"c", "b", "G"},
		"filtered": {"c", "/", "e", "enter"}, "finding": {"c", "f", "e", "enter", "n"}, "item": {"c", "n", "enter"},
		"item, folded": {"c", "n", "enter", "G"}, "item, in the midst": {"c", "n", "enter", "pgdown"},
	} {
		t.Run(name, func(t *testing.T) {
			open := func(clock *clockwork.FakeClock) Options {
				o := sampleOptions(clock)
				o.Tracer = &growingTracer{}
				return o
			}
			eachBindingDoesSomething(t, 120, 40, open, append([]string{"p", "enter"}, way...), false)
		})
	}
}

// A reading that ended because the view was left begins anew when it is gone back to.
func TestGoingBackReadsAgain(t *testing.T) {
	tracer := sampleTracer()
	drive(t, 120, 40, traced(tracer), func(d *driver) {
		tracer.steps = make(chan int)
		d.showTrace(sampleTaskID)
		tracer.steps <- 4
		d.press("esc")
		if len(tracer.ended) != 1 {
			t.Fatalf("the reading goes on: %v", tracer.ended)
		}
		d.press("alt+left")
		d.must("Trace 019f6123", "reading")
		close(tracer.steps)
		d.must("of 20 rows")
		d.press("esc", "alt+left") // one that is whole is shown as it was
		d.must("of 20 rows")
		if len(tracer.asked) != 2 {
			t.Errorf("asked %d times", len(tracer.asked))
		}
	})
}
