package sqlite

import (
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/timestamp"
)

// recentColumns are the columns of a [data.InvocationRow], after its rowid. They
// are all that this package reads of invocation_log: those of the rollup are
// among them.
var recentColumns = []string{
	"id", "timestamp", "task_type", "task_id", "model_alias", "model_actual", "latency_ms", "tokens_in", "tokens_out",
	"cost_usd", "is_shadow", "interrupted", "overflow_escalated", "user_id", "escalation_request_id",
}

const recentSQL = "SELECT rowid, %s FROM invocation_log WHERE rowid > ?1 AND rowid <= ?2 ORDER BY rowid DESC LIMIT ?3"

// recent puts the rows up to the rowid newest in front of those already known,
// newest first, until there are enough that are dated up to now: rows of the future
// are kept for when the clock comes to them, but no more than would be shown. The
// slice given stays as it is, as others may be reading it.
func (d *database) recent(decode *rowDecoder, known []data.InvocationRow, newest int64, now time.Time) ([]data.InvocationRow, error) {
	above := int64(minRowID)
	if len(known) > 0 {
		above = known[0].RowID
	}
	var rows []data.InvocationRow
	past, ahead := 0, 0
	take := func(r data.InvocationRow) (enough bool) {
		switch {
		case !r.Time.After(now):
			past++
		case ahead == data.RecentRows:
			return false
		default:
			ahead++
		}
		rows = append(rows, r)
		return past == data.RecentRows
	}
	for enough := false; !enough; {
		n := 0
		err := d.conn.each(d.sql.recent, func(st *stmt) bool {
			r := decode.row(st)
			newest, enough = r.RowID-1, take(r)
			n++
			return !enough
		}, above, newest, int64(data.RecentRows))
		if err != nil {
			return nil, err
		}
		if n < data.RecentRows {
			break
		}
	}
	for _, r := range known {
		if past == data.RecentRows {
			break
		}
		take(r)
	}
	return rows, nil
}

// rowDecoder makes full rows. Texts that come again and again are kept once.
type rowDecoder struct{ texts map[string]*string }

// maxTexts bounds what a decoder keeps.
const maxTexts = 1024

func (d *rowDecoder) row(st *stmt) data.InvocationRow {
	// what the row points to, in one piece of memory
	m := new(struct {
		latency, in, out, escalation int64
		cost                         float64
	})
	var r data.InvocationRow
	r.RowID, _ = st.column(0).int()
	r.ID = string(st.column(1).text())
	if at := st.column(2); at.isText() {
		if ns, ok := timestamp.ParseDB(at.text()); ok {
			r.Time = time.Unix(0, ns).UTC()
		}
	}
	r.TaskType = data.None
	if t := d.text(st.column(3)); t != nil {
		r.TaskType = *t
	}
	if t := st.column(4).text(); t != nil {
		id := string(t)
		r.TaskID = &id
	}
	r.ModelAlias = d.text(st.column(5))
	r.ModelActual = d.text(st.column(6))
	r.LatencyMS = number(&m.latency, st.column(7).int)
	r.TokensIn = number(&m.in, st.column(8).int)
	r.TokensOut = number(&m.out, st.column(9).int)
	r.CostUSD = number(&m.cost, st.column(10).float)
	r.Class = data.ClassOf(r.TaskType, st.column(11).bool())
	r.Interrupted = st.column(12).bool()
	r.OverflowEscalated = st.column(13).bool()
	r.UserID = d.text(st.column(14))
	r.EscalationRequestID = number(&m.escalation, st.column(15).int)
	return r
}

// number puts a value where p points; nil if it isn't a number.
func number[T any](p *T, get func() (T, bool)) *T {
	var ok bool
	if *p, ok = get(); !ok {
		return nil
	}
	return p
}

// text is the one copy of a text.
func (d *rowDecoder) text(v value) *string {
	b := v.text()
	if b == nil {
		return nil
	}
	if s, ok := d.texts[string(b)]; ok {
		return s
	}
	if d.texts == nil || len(d.texts) >= maxTexts {
		d.texts = make(map[string]*string)
	}
	s := string(b)
	d.texts[s] = &s
	return &s
}

var extensionColumns = []string{"date", "amount_usd", "voided", "granted_at"}

const extensionsSQL = "SELECT %s FROM daily_budget_extension WHERE date >= ?1 ORDER BY rowid"

// extensions are the budget extensions for a day and those after it; nil if the
// file has no table of them.
func (d *database) extensions(since time.Time) ([]data.Extension, error) {
	if d.sql.extensions == "" {
		return nil, nil
	}
	out := []data.Extension{}
	err := d.conn.each(d.sql.extensions, func(st *stmt) bool {
		amount, _ := st.column(1).float()
		e := data.Extension{Date: string(st.column(0).text()), AmountUSD: amount, Voided: st.column(2).nonzero()} // what counts is "= 0"
		if ns, ok := timestamp.ParseDB(st.column(3).text()); ok {
			e.GrantedAt = time.Unix(0, ns).UTC()
		}
		out = append(out, e)
		return true
	}, since.UTC().Format(time.DateOnly))
	return out, err
}
