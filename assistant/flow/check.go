package flow

import (
	"fmt"
	"maps"
	"slices"
)

// check proves what stands in the package comment, on the graph of the steps.
func (c *compiler) check() {
	f := c.f
	for _, s := range f.Steps {
		p := fmt.Sprintf("$.steps[%d]", s.Index)
		for _, t := range targets(s) {
			if _, ok := f.steps[t]; !ok {
				c.fail(p, "写这个流程里有的步骤 / name a step of this flow", "步骤 %[1]s 通向 %[2]q，没有这一步 / step %[1]s leads to %[2]q, which does not exist", s.ID, t)
			}
		}
		c.bound(s, p)
	}
	if len(c.problems) > 0 {
		return
	}
	seen := f.reach(nil)
	for _, s := range f.Steps {
		if !seen[s.ID] {
			c.fail(fmt.Sprintf("$.steps[%d]", s.Index), "用 next: 通到它，或删掉它 / lead to it with next: or take it out", "没有路能走到步骤 %[1]s / step %[1]s can't be reached", s.ID)
		}
		if s.Kind != "end" && slices.Contains(f.successors(s), "") {
			c.fail(fmt.Sprintf("$.steps[%d]", s.Index), "在它下面加一个 end 步骤 / add an end step below it", "步骤 %[1]s 后面没有路了 / step %[1]s runs off the end of the flow", s.ID)
		}
		switch {
		case s.Call == nil:
		case s.Call.Irreversible:
			c.guarded(s)
		case f.Box(s) != nil:
			c.boxed(s)
		}
	}
	c.loops()
}

// bound checks that a step's references to other steps make sense.
func (c *compiler) bound(s *Step, p string) {
	target := ""
	switch {
	case s.Confirm != nil:
		target = s.Confirm.For
	case s.StepUp != nil:
		target = s.StepUp.For
	default:
		return
	}
	if t := c.f.Step(target); t != nil && t.Call != nil && s.StepUp != nil {
		return // before a read it takes what may not stand in a chat
	} else if t == nil || t.Call == nil || !t.Call.Irreversible {
		c.fail(p, "for: 写一个真正办理的步骤 / set for: to an irreversible call", "步骤 %[1]s 针对 %[2]q，它不是真正办理的步骤 / step %[1]s is for %[2]q, which is no irreversible call", s.ID, target)
	}
}

// boxed checks that no path reaches a read past the secure box it reads from.
func (c *compiler) boxed(s *Step) {
	if c.f.reach(func(o *Step) bool { return o.StepUp != nil && o.StepUp.For == s.ID })[s.ID] {
		c.fail(fmt.Sprintf("$.steps[%d]", s.Index), "在每条通到它的路上放一个 for: "+s.ID+" 的 stepup / put the stepup step with for: "+s.ID+" on every way to it", "步骤 %[1]s：%[2]s 要从安全框里读，却不经安全框就能走到 / step %[1]s: %[2]s reads from a secure box but can be reached past it", s.ID, s.Call.Operation)
	}
}

// guarded checks that no path reaches an irreversible call without its confirm
// and, from L2, its step-up. A way to end that the flow has no word for is the
// dialogue's to say.
func (c *compiler) guarded(s *Step) {
	p := fmt.Sprintf("$.steps[%d]", s.Index)
	if s.Call.Level == "" || !s.Call.Level.Valid() || s.Call.Level == Level0 {
		c.fail(p+".call", "加上 level: L1、L2、L3 或 E / add level: L1, L2, L3 or E", "步骤 %[1]s：真正办理的 %[2]s 没有身份等级 / step %[1]s: irreversible %[2]s has no identity level", s.ID, s.Call.Operation)
		return
	}
	if c.f.reach(func(o *Step) bool { return o.Confirm != nil && o.Confirm.For == s.ID })[s.ID] {
		c.fail(p, "在每条通到它的路上放一个 for: "+s.ID+" 的 confirm / put a confirm step with for: "+s.ID+" on every way to it", "步骤 %[1]s：不经复述确认就能走到 %[2]s / step %[1]s: irreversible %[2]s can be reached without its read-back", s.ID, s.Call.Operation)
	}
	c.shown(s)
	if s.Call.Level == Level4 && c.f.unreviewed()[s.ID] {
		c.fail(p, "每条路上先放一步 review 或带清单的 session / put a review, or a session with items, on every way to it and lead its other outcomes elsewhere", "step %s: irreversible %s needs L4 but can be reached without a person having checked", s.ID, s.Call.Operation)
	}
	high := s.Call.Level.AtLeast(Level2)
	if high && c.f.reach(func(o *Step) bool { return o.StepUp != nil && o.StepUp.For == s.ID })[s.ID] {
		c.fail(p, "在每条通到它的路上放一个 for: "+s.ID+" 的 stepup / put a stepup step with for: "+s.ID+" on every way to it", "步骤 %[1]s：%[2]s 要 %[3]s，却不经加强核验就能走到 / step %[1]s: irreversible %[2]s needs %[3]s but can be reached without a step-up", s.ID, s.Call.Operation, s.Call.Level)
	}
}

// shown checks that a read-back shows every slot its call is made of, itself or
// by a result that was made from it (a quote): a yes can only mean what was read.
func (c *compiler) shown(call *Step) {
	for _, s := range c.f.Steps {
		if s.Confirm == nil || s.Confirm.For != call.ID {
			continue
		}
		reads := c.f.closure(s.reads)
		for _, x := range slices.Sorted(maps.Keys(call.Call.ArgsX)) {
			for _, name := range slices.Sorted(maps.Keys(call.Call.ArgsX[x].Names())) {
				if c.f.slots[name] != nil && !reads[name] {
					c.fail(fmt.Sprintf("$.steps[%d].confirm", s.Index), "把它写进读回的话或卡片里 / add the slot to its text or its card's rows", "step %s reads %s back without %s, which it runs with", s.ID, call.Call.Operation, name)
				}
			}
		}
	}
}

// closure is names with all that the results among them were made from.
func (f *Flow) closure(names map[string]bool) map[string]bool {
	all := maps.Clone(names)
	for grew := true; grew; {
		grew = false
		for _, s := range f.Steps {
			if !slices.ContainsFunc(saved(s), func(n string) bool { return all[n] }) {
				continue
			}
			for n := range s.uses {
				grew = grew || !all[n]
				all[n] = true
			}
		}
	}
	return all
}

// unreviewed are the steps that can be reached without a check list having been
// passed.
func (f *Flow) unreviewed() map[string]bool {
	return f.walk(func(s *Step) []string {
		if !s.checks() {
			return f.successors(s)
		}
		var next []string
		for k, to := range s.Outside().On {
			if k != OutcomePassed {
				next = append(next, to)
			}
		}
		if s.When != "" { // a check that may be skipped checks nothing
			next = append(next, f.After(s))
		}
		return next
	})
}

// targets are the step ids a step names.
func targets(s *Step) []string {
	var t []string
	add := func(id string) {
		if id != "" {
			t = append(t, id)
		}
	}
	add(s.Next)
	switch s.Kind {
	case "choose":
		for _, o := range s.Choose.Options {
			add(o.Next)
		}
	case "call":
		for _, m := range []map[string]string{s.Call.On, s.Call.Codes} {
			for _, k := range slices.Sorted(maps.Keys(m)) {
				add(m[k])
			}
		}
	case "branch":
		for _, a := range s.Branch {
			add(a.Next)
		}
	case "session", "wait", "capture", "sign", "review":
		for _, k := range slices.Sorted(maps.Keys(s.Outside().On)) {
			add(s.Outside().On[k])
		}
	case "loop":
		add(s.Loop.To)
	}
	return t
}

// successors are the ids of the steps that can follow s; "" is running off the end.
func (f *Flow) successors(s *Step) []string {
	if s.Kind == "end" {
		return nil
	}
	next := targets(s)
	falls := true
	switch s.Kind {
	case "branch":
		falls = s.Branch[len(s.Branch)-1].When != ""
	case "choose":
		falls = slices.ContainsFunc(s.Choose.Options, func(o *Branch) bool { return o.Next == "" })
	case "call":
		falls = s.Call.On["done"] == ""
	case "session", "review":
		falls = s.Outside().On[OutcomePassed] == ""
	}
	if s.When != "" {
		falls = true
	}
	if falls {
		next = append(next, f.After(s))
	}
	return next
}

// reach walks from the first step; steps for which wall is true are entered by nobody.
func (f *Flow) reach(wall func(*Step) bool) map[string]bool {
	// A skipped confirm or step-up is no confirm: a condition on one makes it passable.
	shut := func(s *Step) bool { return wall != nil && wall(s) && s.When == "" }
	if shut(f.First()) {
		return map[string]bool{}
	}
	return f.walk(func(s *Step) []string {
		return slices.DeleteFunc(f.successors(s), func(id string) bool {
			t := f.Step(id)
			return t != nil && shut(t)
		})
	})
}

// walk goes from the first step along the steps that next gives.
func (f *Flow) walk(next func(*Step) []string) map[string]bool {
	seen := map[string]bool{}
	todo := []string{f.First().ID}
	for len(todo) > 0 {
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		s := f.Step(id)
		if s == nil || seen[id] {
			continue
		}
		seen[id] = true
		todo = append(todo, next(s)...)
	}
	return seen
}

// Behind says that no way leads to a step but through a call of an operation that
// is always made.
func (f *Flow) Behind(s *Step, operation string) bool {
	return !f.reach(func(o *Step) bool { return o.Call != nil && o.Call.Operation == operation })[s.ID]
}

// loops finds cycles in which no step waits for somebody.
func (c *compiler) loops() {
	state := map[string]int{}
	var visit func(id string) bool
	visit = func(id string) bool {
		s := c.f.Step(id)
		if s == nil || state[id] == 2 {
			return false
		}
		next := c.f.successors(s)
		if waits(s) {
			next = atOnce(s)
		}
		if state[id] == 1 {
			return true
		}
		state[id] = 1
		for _, n := range next {
			if visit(n) {
				state[id] = 2
				return true
			}
		}
		state[id] = 2
		return false
	}
	for _, s := range c.f.Steps {
		if visit(s.ID) {
			c.fail(fmt.Sprintf("$.steps[%d]", s.Index), "让圈里经过 choose、confirm 或 stepup，或先清空槽位再问 / let the cycle pass a choose, confirm or stepup step, or clear a slot before it is asked again",
				"步骤 %[1]s 在一个没有人能停下的圈里 / step %[1]s is in a loop that waits for nobody", s.ID)
			return
		}
	}
}

// waits says that a step always gives the word to somebody, or goes round only
// as often as somebody said. Ask does not: its
// slots may all be known; clearing a slot makes the next ask wait.
func waits(s *Step) bool {
	if s.When != "" {
		return false
	}
	switch s.Kind {
	case "choose", "confirm", "stepup", "session", "wait", "capture", "sign", "review", "schedule":
		return true
	case "call":
		return s.Call.Irreversible
	case "set":
		return len(s.Set.Clear) > 0
	case "loop":
		return true // it goes round once for each thing a person chose
	}
	return false
}

// atOnce is where a step that waits leads without having waited: with nobody on
// duty nobody is asked.
func atOnce(s *Step) []string {
	if s.Desk() == nil || s.Outside().On[OutcomeClosed] == "" {
		return nil
	}
	return []string{s.Outside().On[OutcomeClosed]}
}
