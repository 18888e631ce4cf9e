package knowledge

import (
	"regexp"
	"strings"
	"time"

	"github.com/pingdui/pingdui/intents/entity"
)

// asked are the days a question is about, as it names them; both empty when it
// names none, then the day of asking counts.
func (q Query) askedSpan(found []entity.Entity) Span {
	at, err := time.Parse(time.DateOnly, q.day())
	if err != nil {
		return Span{}
	}
	ahead := future.MatchString(strings.ToLower(q.Text))
	for _, e := range found {
		if e.Bad != "" || e.Kind != entity.Date && e.Kind != entity.DateTime && e.Kind != entity.Period {
			continue
		}
		from, until, period := strings.Cut(e.Value, "/")
		if !period {
			until = from
		}
		first, err1 := time.Parse(time.DateOnly, from[:min(len(from), len(time.DateOnly))])
		last, err2 := time.Parse(time.DateOnly, until[:min(len(until), len(time.DateOnly))])
		if err1 != nil || err2 != nil || far(first, at) {
			continue
		}
		// A bare month or day that has passed is next year's when the question
		// looks ahead.
		if ahead && last.Before(at) && !yearNamed.MatchString(e.Text) {
			first, last = first.AddDate(1, 0, 0), last.AddDate(1, 0, 0)
		}
		// Of a span that holds today, today counts: 今年, 这个月.
		if !first.After(at) && !last.Before(at) {
			continue
		}
		return Span{From: first.Format(time.DateOnly), Until: last.Format(time.DateOnly)}
	}
	return Span{}
}

var (
	future    = regexp.MustCompile(`以后|之后|将来|下[个一]|明年|要[调降升涨]|会[调降升涨变]|\bwill\b|\bgoing to\b|\bfrom\b|\bafter\b|\bnext\b`)
	yearNamed = regexp.MustCompile(`\d{4}|[去前今]年|last|this year`)
	changes   = regexp.MustCompile(`调整|要调|会调|会变|会降|会涨|要降|要涨|下调|上调|调不调|降不降|有没有变|变化|以后|将来|会不会[变降涨调]|什么时候[变降涨调]|\bchange|\bgo (up|down)\b|\bdrop|\brise`)
)

// far says that a day can't be what a price or a rule is asked for.
func far(day, at time.Time) bool {
	const years = 10
	return day.Before(at.AddDate(-years, 0, 0)) || day.After(at.AddDate(years, 0, 0))
}

// on is the day that wordings and rows are chosen for: the one asked about,
// else the day of asking.
func (q Query) on() string {
	if q.asked.From != "" {
		return q.asked.From
	}
	return q.day()
}

// openChange says that a question is about whether or when something changes:
// then what holds and what comes are both told, however far off.
func (q Query) openChange() bool {
	return q.asked.From == "" && changes.MatchString(strings.ToLower(q.Text))
}
