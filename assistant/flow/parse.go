package flow

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/expr-lang/expr/types"
)

// Parse reads, compiles and checks one flow file. With any problem the flow
// must not run; it is nil when the file could not be read at all.
func Parse(path string, data []byte) (*Flow, []Problem) {
	f := &Flow{Path: path}
	src, problems := Decode(path, data, f)
	if len(problems) > 0 {
		return nil, problems
	}
	sum := sha256.Sum256(data)
	f.Hash = hex.EncodeToString(sum[:])
	f.src = src
	c := &compiler{f: f, src: src}
	c.index()
	if len(c.problems) == 0 {
		c.compile()
	}
	if len(c.problems) == 0 {
		c.check()
	}
	return f, c.problems
}

// compiler turns sources into expressions and templates and gathers problems.
type compiler struct {
	f        *Flow
	src      *SourceFile
	env      types.Map
	problems []Problem
}

func (c *compiler) fail(path, remedy, format string, args ...any) {
	c.problems = append(c.problems, c.src.At(path, fmt.Sprintf(format, args...), remedy))
}

// given are the names every expression and text may read.
func given() map[string]types.Type {
	return map[string]types.Type{
		"customer": types.Any, "edition": types.String, "sound": types.String, "locale": types.String, "employee": types.String,
		"refusal": types.Any, "raw": types.String, "item": types.Any, "fills": types.Any, "input": types.Any,
	}
}

// index finds slots, steps and results by name and builds the typed environment.
func (c *compiler) index() {
	f := c.f
	f.slots, f.steps, f.lines, f.results = map[string]*Slot{}, map[string]int{}, map[string]int{}, map[string]bool{}
	c.env = types.Map{}
	for n, t := range given() {
		c.env[n] = t
	}
	if f.ID == "" {
		c.fail("$", "文件开头写 flow: <编号> / begin the file with flow: <id>", "流程没有编号 / the flow has no id")
	}
	if !f.Level.Valid() {
		c.fail("$.level", "写 L0、L1、L2、L3、L4 或 E / one of L0, L1, L2, L3, L4, E", "不认识的身份等级 %[1]q / unknown identity level %[1]q", f.Level)
	}
	if len(f.Steps) == 0 {
		c.fail("$", "加上 steps: / add steps:", "流程 %[1]s 没有步骤 / flow %[1]s has no steps", f.ID)
	}
	for i, s := range f.Slots {
		p := fmt.Sprintf("$.slots[%d]", i)
		if _, taken := c.env[s.Name]; taken || s.Name == "" {
			c.fail(p, "换一个没用过的名字 / give the slot a name of its own", "槽位名 %[1]q 是空的或已被用 / slot name %[1]q is empty or taken", s.Name)
			continue
		}
		if !slices.Contains(SlotKinds(), s.Kind) {
			c.fail(p+".kind", fmt.Sprintf("写 %[1]v 之一 / one of %[1]v", SlotKinds()), "槽位 %[1]s：不认识的类型 %[2]q / slot %[1]s: unknown kind %[2]q", s.Name, s.Kind)
		}
		f.slots[s.Name] = s
		if s.Options != nil {
			c.env[s.Name] = types.Any
		} else {
			c.env[s.Name] = types.String
		}
	}
	for i, s := range f.Steps {
		s.Index = i
		p := fmt.Sprintf("$.steps[%d]", i)
		if s.ID == "" {
			c.fail(p, "加上 id: / add id:", "第 %[1]d 个步骤没有 id / step %[1]d has no id", i+1)
			continue
		}
		if _, twice := f.steps[s.ID]; twice {
			c.fail(p+".id", "换一个没用过的 id / give it an id of its own", "步骤 %[1]q 写了两次 / step id %[1]q stands twice", s.ID)
		}
		f.steps[s.ID] = i
		f.lines[s.ID] = c.src.At(p, "", "").Line
		c.kind(s, p)
		for _, name := range saved(s) {
			if f.slots[name] != nil || given()[name] != nil {
				c.fail(p, "换一个名字保存 / save it under another name", "结果名 %[1]q 已被用 / result name %[1]q is taken", name)
			}
			f.results[name] = true
			c.env[name] = types.Any
		}
	}
}

func saved(s *Step) []string {
	var names []string
	switch {
	case s.Call != nil && s.Call.Save != "":
		names = append(names, s.Call.Save)
	case s.Outside() != nil && s.Outside().Save != "":
		names = append(names, s.Outside().Save)
	case s.Subflow != nil && s.Subflow.Save != "":
		names = append(names, s.Subflow.Save)
	case s.Set != nil:
		for n := range s.Set.Values {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	return names
}

// kind finds the one kind of a step.
func (c *compiler) kind(s *Step, p string) {
	set := map[string]bool{
		"say": s.Say != nil, "ask": len(s.Ask) > 0, "choose": s.Choose != nil, "confirm": s.Confirm != nil,
		"stepup": s.StepUp != nil, "call": s.Call != nil, "branch": len(s.Branch) > 0, "set": s.Set != nil,
		"handoff": s.Handoff != nil, "session": s.Session != nil, "subflow": s.Subflow != nil, "loop": s.Loop != nil, "end": s.End != nil,
		"wait": s.Wait != nil, "capture": s.Capture != nil, "sign": s.Sign != nil, "review": s.Review != nil, "schedule": s.Schedule != nil,
	}
	for k, on := range set {
		if !on {
			continue
		}
		if s.Kind != "" {
			c.fail(p, "拆成两步 / split it into two steps", "步骤 %[1]s 写了两种，%[2]s 和 %[3]s / step %[1]s has two kinds, %[2]s and %[3]s", s.ID, min(s.Kind, k), max(s.Kind, k))
			return
		}
		s.Kind = k
	}
	if s.Kind == "" {
		c.fail(p, "写 say、ask、choose 等其中一种 / one of say, ask, choose, confirm, stepup, call, branch, set, handoff, session, wait, capture, sign, review, schedule, subflow, loop, end", "步骤 %[1]s 没写做什么 / step %[1]s has no kind", s.ID)
	}
}

// Valid says whether the level is one of the known ones.
func (l Level) Valid() bool {
	return slices.Contains([]Level{Level0, Level1, Level2, Level3, Level4, LevelE}, l)
}

// AtLeast says whether l reaches want; E reaches only E and L0.
func (l Level) AtLeast(want Level) bool {
	order := []Level{Level0, Level1, Level2, Level3, Level4}
	if want == LevelE || l == LevelE {
		return want == LevelE || want == Level0
	}
	return slices.Index(order, l) >= slices.Index(order, want)
}
