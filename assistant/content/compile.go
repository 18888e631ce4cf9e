package content

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"hash"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/pingdui/pingdui/assistant/flow"
)

// maxFile bounds one content file, in bytes.
const maxFile = 1 << 20

// Compile reads a release's files (see docs/architecture.md for the folders)
// into a Set. With problems the set must not go live; it is still returned as
// far as it could be built, so that an editor can show the rest.
func Compile(fsys fs.FS) (*Set, []flow.Problem) {
	c := &compiler{
		fsys: fsys, hash: sha256.New(),
		set: &Set{
			Intents: map[string]*Intent{}, Employees: map[string]*Employee{}, Tales: map[string]*Tale{}, flows: map[string]*flow.Flow{},
			byHash: map[string]*flow.Flow{}, byIntent: map[string]*flow.Flow{}, phrases: map[string]*flow.Template{},
		},
		broken: map[string]bool{}, where: map[string]place{}, examples: map[string]string{}, tales: map[string]string{},
	}
	c.phrases("phrases.yaml")
	c.each("scenes", func(p string) bool { return path.Base(p) == "scene.yaml" }, c.scene)
	c.each("intents", isYAML, c.intent)
	c.each("scams", isYAML, c.tale)
	c.each("employees", isYAML, c.employee)
	c.each("tables", func(p string) bool { return path.Ext(p) == ".csv" }, func(p string, b []byte) {
		c.set.Tables = append(c.set.Tables, strings.TrimSuffix(path.Base(p), ".csv"))
		if path.Base(p) == "holidays.csv" {
			c.holidays(p, b)
		}
	})
	c.articles()
	c.told()
	c.cross()
	c.operations()
	c.guard()
	c.set.Hash = hex.EncodeToString(c.hash.Sum(nil))
	return c.set, c.problems
}

func isYAML(p string) bool { return path.Ext(p) == ".yaml" }

type place struct {
	src  *flow.SourceFile
	path string
}

type compiler struct {
	fsys     fs.FS
	set      *Set
	hash     hash.Hash
	where    map[string]place
	broken   map[string]bool   // flows that stand in a file and were refused there
	examples map[string]string // which intent a sentence stands in
	tales    map[string]string // which kind of fraud
	problems []flow.Problem
}

func (c *compiler) fail(src *flow.SourceFile, at, remedy, format string, args ...any) {
	c.problems = append(c.problems, src.At(at, fmt.Sprintf(format, args...), remedy))
}

// each reads the files below a folder in the order of their names.
func (c *compiler) each(dir string, want func(string) bool, do func(string, []byte)) {
	var paths []string
	err := fs.WalkDir(c.fsys, dir, func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && want(p) {
			paths = append(paths, p)
		}
		return err
	})
	if err != nil {
		if !strings.HasSuffix(dir, "scenes") {
			return // the other folders may be missing
		}
		c.problems = append(c.problems, flow.Problem{File: dir, Text: err.Error(), Remedy: "add the folder scenes/"})
		return
	}
	slices.Sort(paths)
	for _, p := range paths {
		if b, ok := c.read(p); ok {
			do(p, b)
		}
	}
}

func (c *compiler) read(p string) ([]byte, bool) {
	b, err := fs.ReadFile(c.fsys, p)
	if err != nil {
		c.problems = append(c.problems, flow.Problem{File: p, Text: err.Error(), Remedy: "add the file"})
		return nil, false
	}
	if len(b) > maxFile {
		c.problems = append(c.problems, flow.Problem{File: p, Text: fmt.Sprintf("%d bytes", len(b)), Remedy: "keep a file below 1 MiB"})
		return nil, false
	}
	_, _ = fmt.Fprintf(c.hash, "%s %d\n", p, len(b))
	_, _ = c.hash.Write(b)
	return b, true
}

func (c *compiler) phrases(p string) {
	b, ok := c.read(p)
	if !ok {
		return
	}
	var all map[string]flow.Text
	src, problems := flow.Decode(p, b, &all)
	c.problems = append(c.problems, problems...)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		t := all[key]
		if t["zh"] == "" || t["en"] == "" {
			c.fail(src, "$."+key, "add zh: and en:", "phrase %s lacks a language", key)
			continue
		}
		tm, err := flow.CompileText(t)
		if err != nil {
			c.fail(src, "$."+key, "docs/flows.md lists what a text may hold", "phrase %s: %v", key, err)
			continue
		}
		c.set.phrases[key] = tm
	}
}

// scene reads scene.yaml and, beside it, flow.yaml and intents.yaml.
func (c *compiler) scene(p string, b []byte) {
	s := &Scene{Dir: path.Dir(p)}
	src, problems := flow.Decode(p, b, s)
	c.problems = append(c.problems, problems...)
	if len(problems) > 0 {
		return
	}
	for _, f := range [][2]string{{"number", s.Number}, {"id", s.ID}, {"owner", s.Owner}, {"risk", s.Risk}} {
		if f[1] == "" {
			c.fail(src, "$", "add "+f[0]+":", "the scene has no %s", f[0])
		}
	}
	for _, t := range []struct {
		key  string
		text flow.Text
	}{{"name", s.Name}, {"group", s.Group}, {"purpose", s.Purpose}} {
		c.translated(src, "$."+t.key, t.text)
	}
	if !slices.Contains([]string{"information", "low", "money", "identity"}, s.Risk) {
		c.fail(src, "$.risk", "information, low, money or identity", "unknown risk %q", s.Risk)
	}
	c.set.Scenes = append(c.set.Scenes, s)
	c.where["scene "+s.ID] = place{src, "$.id"}
	fp := path.Join(s.Dir, "flow.yaml")
	if b, ok := c.read(fp); !ok {
		c.broken[s.ID] = true
	} else {
		f, problems := flow.Parse(fp, b)
		c.problems = append(c.problems, problems...)
		if f != nil && len(problems) == 0 {
			if c.set.flows[f.ID] != nil {
				c.fail(src, "$.id", "give it an id of its own", "flow %s stands twice", f.ID)
			}
			c.set.flows[f.ID], c.set.byHash[f.Hash] = f, f
		} else {
			c.broken[s.ID] = true
		}
	}
	ip := path.Join(s.Dir, "intents.yaml")
	if b, ok := c.read(ip); ok {
		var list []*Intent
		isrc, problems := flow.Decode(ip, b, &list)
		c.problems = append(c.problems, problems...)
		for i, in := range list {
			if len(problems) > 0 {
				break
			}
			in.Kind = "flow"
			if in.Flow == "" {
				in.Flow = s.ID
			}
			c.add(in, isrc, fmt.Sprintf("$[%d]", i))
		}
	}
}

func (c *compiler) intent(p string, b []byte) {
	in := &Intent{}
	src, problems := flow.Decode(p, b, in)
	c.problems = append(c.problems, problems...)
	if len(problems) == 0 {
		c.add(in, src, "$")
	}
}

func (c *compiler) add(in *Intent, src *flow.SourceFile, at string) {
	if in.Name == "" {
		c.fail(src, at, "add name:", "the intent has no name")
		return
	}
	if c.set.Intents[in.Name] != nil {
		c.fail(src, at+".name", "give it a name of its own", "intent %s stands twice", in.Name)
		return
	}
	if !slices.Contains([]string{"flow", "knowledge", "social", "later", "none"}, in.Kind) {
		c.fail(src, at+".kind", "flow, knowledge, social, later or none", "intent %s: unknown kind %q", in.Name, in.Kind)
	}
	if in.Kind != "none" && (in.Label["zh"] == "" || in.Label["en"] == "") {
		c.fail(src, at+".label", "add {zh: …, en: …}", "intent %s has no name a customer can read", in.Name)
	}
	c.set.Intents[in.Name] = in
	c.where["intent "+in.Name] = place{src, at}
	for _, locale := range slices.Sorted(maps.Keys(in.Examples)) {
		for i, text := range in.Examples[locale] {
			if other, ok := c.examples[text]; ok {
				c.fail(src, fmt.Sprintf("%s.examples.%s[%d]", at, locale, i), "keep it in one intent", "example %q also stands in %s", text, other)
			}
			c.examples[text] = in.Name
		}
	}
}

func (c *compiler) employee(p string, b []byte) {
	e := &Employee{}
	src, problems := flow.Decode(p, b, e)
	c.problems = append(c.problems, problems...)
	if len(problems) > 0 {
		return
	}
	if e.ID == "" || e.Name["zh"] == "" || e.Name["en"] == "" {
		c.fail(src, "$", "add id: and name: {zh, en}", "the employee has no id or name")
		return
	}
	c.translated(src, "$.job", e.Job)
	c.translated(src, "$.greeting", e.Greeting)
	c.set.Employees[e.ID] = e
	c.where["employee "+e.ID] = place{src, "$.scenes"}
}

// holidays reads on which days the bank is shut (休) or open though it is a weekend (班).
func (c *compiler) holidays(p string, b []byte) {
	c.set.days = map[string]bool{}
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil || len(rows) == 0 || len(rows[0]) < 3 {
		c.problems = append(c.problems, flow.Problem{File: p, Line: 1, Column: 1, Text: "the table of holidays can't be read", Remedy: "columns date,name,kind; kind is 休 or 班"})
		return
	}
	for i, row := range rows[1:] {
		if _, err := time.Parse(time.DateOnly, row[0]); err != nil || row[2] != "休" && row[2] != "班" {
			c.problems = append(c.problems, flow.Problem{File: p, Line: i + 2, Column: 1, Text: "no day, or neither 休 nor 班", Remedy: "write 2026-01-01,元旦,休"})
			continue
		}
		c.set.days[row[0]] = row[2] == "班"
	}
}

// translated refuses a text that people read and that lacks a language.
func (c *compiler) translated(src *flow.SourceFile, at string, t flow.Text) {
	for _, l := range []string{"zh", "en"} {
		if len(t) > 0 && t[l] == "" {
			c.fail(src, at, "add "+l+":", "the text has no wording for %s", l)
		}
	}
}

// subflows refuses a sub-flow that is not there, and one that comes back to
// itself: it would run without end.
func (c *compiler) subflows() {
	var leads func(from, to string, seen map[string]bool) bool
	leads = func(from, to string, seen map[string]bool) bool {
		f := c.set.flows[from]
		if f == nil || seen[from] {
			return false
		}
		seen[from] = true
		return slices.ContainsFunc(f.Steps, func(s *flow.Step) bool {
			return s.Subflow != nil && (s.Subflow.Flow == to || leads(s.Subflow.Flow, to, seen))
		})
	}
	for _, f := range c.set.Flows() {
		for i, s := range f.Steps {
			if s.Subflow == nil {
				continue
			}
			at := fmt.Sprintf("$.steps[%d].subflow", i)
			switch {
			case c.missing(s.Subflow.Flow):
				c.problems = append(c.problems, f.At(at, fmt.Sprintf("step %s runs flow %q, which does not exist", s.ID, s.Subflow.Flow), "name a flow of this release"))
			case s.Subflow.Flow == f.ID || leads(s.Subflow.Flow, f.ID, map[string]bool{}):
				c.problems = append(c.problems, f.At(at, fmt.Sprintf("step %s runs flow %q, which leads back to %s without end", s.ID, s.Subflow.Flow, f.ID), "let the sub-flow end, or go on with next: in one flow"))
			}
		}
	}
}

// missing says that a flow is nowhere in this release. Of one that is there and was
// refused only its own fault is told.
func (c *compiler) missing(id string) bool { return c.set.flows[id] == nil && !c.broken[id] }

// cross checks what one file says of another.
func (c *compiler) cross() {
	for _, s := range c.set.Scenes {
		w := c.where["scene "+s.ID]
		if c.missing(s.ID) {
			c.fail(w.src, w.path, "let scene.yaml's id and flow.yaml's flow agree", "scene %s has no flow of that id", s.ID)
			continue
		}
		for i, id := range s.Employees {
			e := c.set.Employees[id]
			if e == nil {
				c.fail(w.src, fmt.Sprintf("$.employees[%d]", i), "name an employee of this release", "scene %s is for employee %q, who does not exist", s.ID, id)
				continue
			}
			if !slices.Contains(e.Scenes, s.ID) {
				e.Scenes = append(e.Scenes, s.ID)
			}
		}
	}
	for _, n := range slices.Sorted(maps.Keys(c.set.Intents)) {
		in, w := c.set.Intents[n], c.where["intent "+n]
		if in.Leads != "" && c.missing(in.Leads) {
			c.fail(w.src, w.path+".leads", "name a flow of this release", "intent %s leads to flow %q, which does not exist", n, in.Leads)
		}
		if in.Flow != "" {
			f := c.set.flows[in.Flow]
			if c.missing(in.Flow) {
				c.fail(w.src, w.path, "name a flow of this release", "intent %s starts flow %q, which does not exist", n, in.Flow)
			}
			if f == nil {
				continue
			}
			c.set.byIntent[n] = f
			for _, slot := range slices.Sorted(maps.Keys(in.Slots)) {
				if f.Slot(slot) == nil {
					c.fail(w.src, w.path+".slots", "name a slot of flow "+in.Flow, "intent %s fills slot %q, which does not exist", n, slot)
				}
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(c.set.Employees)) {
		for i, s := range c.set.Employees[id].Scenes {
			if c.missing(s) {
				w := c.where["employee "+id]
				c.fail(w.src, fmt.Sprintf("%s[%d]", w.path, i), "name a flow of this release", "employee %s may run %q, which does not exist", id, s)
			}
		}
	}
	c.subflows()
	for _, key := range Required() {
		if c.set.phrases[key] == nil {
			c.problems = append(c.problems, flow.Problem{File: "phrases.yaml", Line: 1, Column: 1, Text: "phrase " + key + " is missing", Remedy: "add it with zh: and en:"})
		}
	}
}
