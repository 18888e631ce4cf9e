package console

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/pingdui/pingdui/assistant/content"
)

// EmployeeRow is one digital employee.
type EmployeeRow struct {
	ID         string        `json:"id"`
	Name       string        `json:"name"`
	Job        string        `json:"job"`
	Serves     string        `json:"serves" enum:"customer,staff"`
	Scenes     []string      `json:"scenes" nullable:"false"`
	Knowledge  []string      `json:"knowledge" nullable:"false"`
	Supervisor string        `json:"supervisor"`
	Greeting   string        `json:"greeting"`
	Hours      EmployeeHours `json:"hours"`
	Hue        string        `json:"hue" doc:"a CSS colour, such as #1F6FEB; empty when none is noted"`
	OnLeave    bool          `json:"on_leave"`
	Reason     string        `json:"reason,omitempty"`
	ChangedBy  string        `json:"changed_by,omitempty"`
	ChangedAt  time.Time     `json:"changed_at,omitzero"`
	File       DraftState    `json:"file"`
}

// EmployeeHours are when an employee serves: words for people, and times of the
// day in the bank's zone, from 00:00 to 24:00.
type EmployeeHours struct {
	ZH    string `json:"zh" maxLength:"100"`
	EN    string `json:"en" maxLength:"100"`
	From  string `json:"from" maxLength:"5" doc:"15:04; empty when it is not noted"`
	Until string `json:"until" maxLength:"5" doc:"15:04 or 24:00; empty when it is not noted"`
}

// EmployeeList is all digital employees.
type EmployeeList struct {
	Employees []EmployeeRow `json:"employees" nullable:"false"`
}

// EmployeeSave is what may be changed of an employee here.
type EmployeeSave struct {
	Base  string        `json:"base"`
	Hours EmployeeHours `json:"hours"`
	Hue   string        `json:"hue" maxLength:"7"`
}

func employeePath(id string) string { return "employees/" + id + ".yaml" }

func hoursOf(e *content.Employee) EmployeeHours {
	m, ok := e.Hours.(map[string]any)
	if !ok {
		if words, ok := e.Hours.(string); ok {
			return EmployeeHours{ZH: words, EN: words}
		}
		return EmployeeHours{}
	}
	text := func(key string) string {
		if m[key] == nil {
			return ""
		}
		return fmt.Sprint(m[key])
	}
	return EmployeeHours{ZH: text("zh"), EN: text("en"), From: text("from"), Until: text("until")}
}

func (s *Console) employees(ctx context.Context) (EmployeeList, error) {
	b, err := s.work.now(ctx)
	if err != nil {
		return EmployeeList{}, err
	}
	duties, err := s.Releases.Duties(ctx)
	if err != nil {
		return EmployeeList{}, err
	}
	v := EmployeeList{Employees: []EmployeeRow{}}
	for _, e := range b.set.Employees {
		r := EmployeeRow{
			ID: e.ID, Name: e.Name["zh"], Job: e.Job["zh"], Serves: e.Serves, Scenes: e.Scenes, Knowledge: e.Knowledge, Supervisor: e.Supervisor,
			Greeting: e.Greeting["zh"], Hours: hoursOf(e), File: stateOf(b.entries[employeePath(e.ID)]),
		}
		r.Hue, _ = e.Hue.(string)
		if r.Scenes == nil {
			r.Scenes = []string{}
		}
		if r.Knowledge == nil {
			r.Knowledge = []string{}
		}
		for _, d := range duties {
			if d.Employee == e.ID {
				r.OnLeave, r.Reason, r.ChangedBy, r.ChangedAt = d.OnLeave, d.Reason, d.ChangedBy, d.ChangedAt
			}
		}
		v.Employees = append(v.Employees, r)
	}
	slices.SortFunc(v.Employees, func(x, y EmployeeRow) int { return cmp.Compare(x.ID, y.ID) })
	return v, nil
}

var (
	colour    = regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)
	timeOfDay = regexp.MustCompile(`^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$`)
)

// check says what is wrong with a change, for the person who made it.
func (in EmployeeSave) check() error {
	h := in.Hours
	switch {
	case !colour.MatchString(in.Hue):
		return bad("颜色写成 #1F6FEB 这样 / write the colour as #1F6FEB")
	case !timeOfDay.MatchString(h.From) || !timeOfDay.MatchString(h.Until):
		return bad("服务时间写成 08:30 到 17:30，全天是 00:00 到 24:00 / write the hours as 08:30 to 17:30, around the clock as 00:00 to 24:00")
	case h.From >= h.Until:
		return bad("结束时间要晚于开始时间 / the end must be later than the start")
	case strings.TrimSpace(h.ZH) == "" || strings.TrimSpace(h.EN) == "":
		return bad("服务时间的中英文说明都要写 / describe the hours in Chinese and in English")
	}
	return nil
}

// saveEmployee drafts the hours and the colour; everything else of the file
// stays as it is, and customers see it after a release.
func (s *Console) saveEmployee(ctx context.Context, in *struct {
	ID   string `path:"id" maxLength:"80"`
	Body EmployeeSave
},
) (*body[EmployeeList], error) {
	b, err := s.work.now(ctx)
	if err != nil {
		return nil, refused(err)
	}
	path := employeePath(in.ID)
	before := b.text[path]
	if b.set.Employees[in.ID] == nil || before == nil {
		return nil, absent("这位数字员工")
	}
	if err := in.Body.check(); err != nil {
		return nil, err
	}
	h := in.Body.Hours
	wanted, err := ordered(before)
	if err != nil {
		return nil, refused(err)
	}
	wanted = put(wanted, "hours", yaml.MapSlice{{Key: "zh", Value: strings.TrimSpace(h.ZH)}, {Key: "en", Value: strings.TrimSpace(h.EN)}, {Key: "from", Value: h.From}, {Key: "until", Value: h.Until}})
	wanted = put(wanted, "hue", in.Body.Hue)
	text, err := patch(before, wanted)
	if err != nil {
		return nil, refused(err)
	}
	if err := b.check(path, text); err != nil {
		return nil, refused(err)
	}
	if _, err := s.Releases.Save(ctx, who(ctx), path, in.Body.Base, text); err != nil {
		return nil, refused(err)
	}
	return out(s.employees(ctx))
}

// put sets a key of a mapping where it stands, or behind the others.
func put(m yaml.MapSlice, key string, value any) yaml.MapSlice {
	for i := range m {
		if fmt.Sprint(m[i].Key) == key {
			m[i].Value = value
			return m
		}
	}
	return append(m, yaml.MapItem{Key: key, Value: value})
}
