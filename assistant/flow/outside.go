package flow

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// Outside is what every step has that gives the word to somebody outside the
// dialogue: a reviewer, the customer's camera, another system, the clock.
type Outside struct {
	Text Text `yaml:"text"` // said while it waits
	// Within is how long it waits, as 30s, 10m, 24h; each kind has a default.
	Within string `yaml:"within"`
	Late   Text   `yaml:"late"` // said when nothing came in time
	Save   string `yaml:"save"`
	// On leads on by outcome; what it does not name, the dialogue says itself.
	On map[string]string `yaml:"on"`

	TextT, LateT *Template     `yaml:"-"`
	Patience     time.Duration `yaml:"-"`
}

// Wait waits for an outside input by its name.
type Wait struct {
	Outside `yaml:",inline"`

	For string `yaml:"for"`
}

// Capture asks the customer for a photograph, a document or a short film. What
// is read from it fills slots: what is sure is shown, what is not is asked.
type Capture struct {
	Outside `yaml:",inline"`

	Of     string            `yaml:"of"` // see Captures
	Title  Text              `yaml:"title"`
	Hint   Text              `yaml:"hint"`   // how to take it
	Fields map[string]string `yaml:"fields"` // what is read → the slot it fills

	TitleT, HintT *Template `yaml:"-"`
}

// Sign shows a document and takes a drawn signature that is bound to its text.
type Sign struct {
	Outside `yaml:",inline"`

	Title    Text `yaml:"title"`
	Document Text `yaml:"document"`

	TitleT, DocumentT *Template `yaml:"-"`
}

// Item is one line of a check list.
type Item struct {
	ID       string `yaml:"id"`
	Label    Text   `yaml:"label"`
	Optional bool   `yaml:"optional"` // the others block when they are not ticked
}

// Desk says who of the staff is asked, and what they have to check.
type Desk struct {
	Role         string  `yaml:"role"` // see Roles
	Queue        string  `yaml:"queue"`
	Certificates Names   `yaml:"certificates"` // what the person must be certified for
	Items        []*Item `yaml:"items"`
	// About are the slots the list is about, beside those its texts read: when one
	// of them is corrected, what was ticked no longer holds.
	About Names `yaml:"about"`
	// By is other where nobody who has had a hand in this run may answer.
	By string `yaml:"by"`
}

// Review has a check list ticked by a member of staff.
type Review struct {
	Outside `yaml:",inline"`
	Desk    `yaml:",inline"`

	Title Text `yaml:"title"` // what is checked, for the customer's card

	TitleT *Template `yaml:"-"`
}

// SessionStep asks for a member of staff on a medium, and waits for what comes
// of it. With items it is a review face to face.
type SessionStep struct {
	Outside `yaml:",inline"`
	Desk    `yaml:",inline"`

	Purpose string `yaml:"purpose"`
	Medium  string `yaml:"medium"` // see Media
	Title   Text   `yaml:"title"`

	TitleT *Template `yaml:"-"`
}

// Schedule puts the rest of the flow off to a time; the conversation is free
// meanwhile.
type Schedule struct {
	Text  Text   `yaml:"text"`  // said when it is put off; reads input.at
	At    string `yaml:"at"`    // expression: a day (then 09:00) or an RFC 3339 time
	After string `yaml:"after"` // or a time from now: 30m, 24h
	// BusinessDay moves a day on which the bank is shut to the next it is open.
	BusinessDay bool `yaml:"business_day"`

	AtX   *Expr         `yaml:"-"`
	TextT *Template     `yaml:"-"`
	Delay time.Duration `yaml:"-"`
}

// The outcomes of a review or a session.
const (
	OutcomePassed  = "passed"
	OutcomeRefused = "refused" // with a reason
	OutcomeUnsafe  = "unsafe"  // somebody directs the customer
	OutcomeFailed  = "failed"  // it broke off, or nobody checked
	OutcomeLate    = "late"
	OutcomeClosed  = "closed" // nobody is on duty
)

// Outcomes are the outcomes a step of this kind can have.
func Outcomes(kind string) []string {
	switch kind {
	case "session", "review":
		return []string{OutcomePassed, OutcomeRefused, OutcomeUnsafe, OutcomeFailed, OutcomeLate, OutcomeClosed}
	case "capture":
		return []string{OutcomeFailed, OutcomeLate}
	case "wait", "sign":
		return []string{OutcomeLate}
	}
	return nil
}

// Roles are what a member of staff can be asked to be.
func Roles() []string { return []string{"tutor", "reviewer", "authoriser", "double_record"} }

// Media are what a session can be held on.
func Media() []string { return []string{"chat", "voice", "video", "screen"} }

// Captures are what a customer can be asked to take.
func Captures() []string { return []string{"photo", "document", "video"} }

// Queues are where members of staff wait for customers.
func Queues() []string { return []string{"general", "elder", "wealth", "safety"} }

// Outside is the outside part of a step; nil for a step that waits for nobody outside.
func (s *Step) Outside() *Outside {
	switch {
	case s.Wait != nil:
		return &s.Wait.Outside
	case s.Capture != nil:
		return &s.Capture.Outside
	case s.Sign != nil:
		return &s.Sign.Outside
	case s.Review != nil:
		return &s.Review.Outside
	case s.Session != nil:
		return &s.Session.Outside
	}
	return nil
}

// Desk is whom of the staff a step asks; nil where it asks nobody.
func (s *Step) Desk() *Desk {
	switch {
	case s.Review != nil:
		return &s.Review.Desk
	case s.Session != nil:
		return &s.Session.Desk
	}
	return nil
}

// checks says that a step has somebody check a list.
func (s *Step) checks() bool {
	d := s.Desk()
	return d != nil && len(d.Items) > 0
}

// patience is how long a kind of step waits where it does not say.
func patience(kind string) time.Duration {
	switch kind {
	case "session":
		return 10 * time.Minute
	case "review":
		return 30 * time.Minute
	}
	return 15 * time.Minute
}

// outside compiles what all these steps have, and then each kind's own.
func (c *compiler) outside(s *Step, p string) {
	u := func(names map[string]bool) { maps.Copy(s.uses, names) }
	o := s.Outside()
	u(c.t(p+".text", o.Text, s.Kind != "capture" && s.Kind != "sign", &o.TextT))
	u(c.t(p+".late", o.Late, false, &o.LateT))
	o.Patience = patience(s.Kind)
	switch {
	case o.Within == "" && s.Kind == "wait":
		c.fail(p, "写上 within / add within: 30s, 10m, 24h …", "step %s waits without a deadline", s.ID)
	case o.Within != "":
		o.Patience = c.duration(p+".within", o.Within)
	}
	for _, k := range slices.Sorted(maps.Keys(o.On)) {
		if !slices.Contains(Outcomes(s.Kind), k) {
			c.fail(p+".on."+k, fmt.Sprintf("写其中一种 / one of %v", Outcomes(s.Kind)), "step %s: a %s has no outcome %q", s.ID, s.Kind, k)
		}
	}
	switch {
	case s.Wait != nil:
		if s.Wait.For == "" {
			c.fail(p, "写上 for / add for: the name of the input", "step %s waits for nothing", s.ID)
		}
	case s.Capture != nil:
		c.capture(s, p)
	case s.Sign != nil:
		u(c.t(p+".title", s.Sign.Title, true, &s.Sign.TitleT))
		u(c.t(p+".document", s.Sign.Document, true, &s.Sign.DocumentT))
		c.saves(s, p)
	case s.Review != nil:
		u(c.t(p+".title", s.Review.Title, true, &s.Review.TitleT))
		c.desk(s, p)
		if len(s.Review.Items) == 0 {
			c.fail(p, "写上 items / add items: [{id, label}]", "step %s reviews an empty check list", s.ID)
		}
	case s.Session != nil:
		u(c.t(p+".title", s.Session.Title, false, &s.Session.TitleT))
		c.desk(s, p)
		c.oneOf(p+".medium", s.Session.Medium, Media(), s.ID+": medium")
	}
}

func (c *compiler) duration(p, text string) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		c.fail(p, "写成 30s、10m、24h 这样 / write it as 30s, 10m or 24h", "%q is no time to wait", text)
	}
	return d
}

func (c *compiler) oneOf(p, value string, known []string, what string) {
	if value != "" && !slices.Contains(known, value) {
		c.fail(p, fmt.Sprintf("写其中一种 / one of %v", known), "%s %q is not known", what, value)
	}
}

func (c *compiler) saves(s *Step, p string) {
	if s.Outside().Save == "" {
		c.fail(p, "写上 save / add save: a name for it", "step %s: what comes of it is kept nowhere", s.ID)
	}
}

func (c *compiler) capture(s *Step, p string) {
	k := s.Capture
	u := func(names map[string]bool) { maps.Copy(s.uses, names) }
	u(c.t(p+".title", k.Title, true, &k.TitleT))
	u(c.t(p+".hint", k.Hint, false, &k.HintT))
	c.saves(s, p)
	if k.Of == "" {
		c.fail(p, fmt.Sprintf("写上 of / add of: one of %v", Captures()), "step %s captures nothing", s.ID)
	}
	c.oneOf(p+".of", k.Of, Captures(), s.ID+": of")
	for _, field := range slices.Sorted(maps.Keys(k.Fields)) {
		name := k.Fields[field]
		s.uses[name] = true
		if slot := c.f.slots[name]; slot == nil || slot.Options != nil {
			c.fail(p+".fields."+field, "换成本流程里没有选项的槽 / name a slot of this flow that has no options", "step %s fills %q, which is no slot that can be read off", s.ID, name)
		}
	}
}

func (c *compiler) desk(s *Step, p string) {
	d := s.Desk()
	if d.Role == "" && s.checks() {
		c.fail(p, fmt.Sprintf("写上 role / add role: one of %v", Roles()), "step %s has a check list and nobody to tick it", s.ID)
	}
	c.oneOf(p+".role", d.Role, Roles(), s.ID+": role")
	c.oneOf(p+".queue", d.Queue, Queues(), s.ID+": queue")
	c.oneOf(p+".by", d.By, []string{"other"}, s.ID+": by")
	if d.By == "other" && !slices.ContainsFunc(c.f.Steps, func(o *Step) bool { return o != s && o.Desk() != nil }) {
		c.fail(p+".by", "把经办的那一步放在前面 / put the step of the person who handles it before this one", "step %s is for another person, but nobody handles it before", s.ID)
	}
	for _, name := range d.About {
		s.uses[name] = true
		if c.f.slots[name] == nil {
			c.fail(p+".about", "换成本流程的槽 / name a slot of this flow", "step %s is about %q, which is no slot", s.ID, name)
		}
	}
	seen := map[string]bool{}
	for i, it := range d.Items {
		ip := fmt.Sprintf("%s.items[%d]", p, i)
		if it.ID == "" || seen[it.ID] {
			c.fail(ip, "给这一项单独的 id / give the item an id of its own", "step %s: item id %q is empty or taken", s.ID, it.ID)
		}
		seen[it.ID] = true
		c.t(ip+".label", it.Label, true, nil)
	}
	if len(d.Items) > 0 && !slices.ContainsFunc(d.Items, func(it *Item) bool { return !it.Optional }) {
		c.fail(p+".items", "至少一项不写 optional / leave optional: out of at least one", "step %s: no item has to be ticked", s.ID)
	}
}

func (c *compiler) schedule(s *Step, p string) {
	k := s.Schedule
	maps.Copy(s.uses, c.t(p+".text", k.Text, true, &k.TextT))
	maps.Copy(s.uses, c.x(p+".at", k.At, false, &k.AtX))
	if (k.At == "") == (k.After == "") {
		c.fail(p, "at 和 after 写其中一个 / give it at: or after:, one of them", "step %s is put off to no time, or to two", s.ID)
	}
	if k.After != "" {
		k.Delay = c.duration(p+".after", k.After)
	}
}
