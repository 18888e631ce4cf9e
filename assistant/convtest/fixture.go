package convtest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/flow"
)

// Fixtures are what the scripted bank answers to the operations of a scene: the
// file bank.yaml beside the flow. Every case knows every scene's, so that a
// conversation can wander from one to another.
type Fixtures struct {
	boxes map[string]map[string]string
	reads map[string][]*fixtureAnswer
	acts  map[string]*fixtureAct
	from  map[string]string // operation → file
}

// fixtureFile is a bank.yaml. Boxes are the reads that are made from a secure box,
// with its fields by name and label.
type fixtureFile struct {
	Boxes map[string]map[string]string `yaml:"boxes"`
	Reads map[string][]*fixtureAnswer  `yaml:"reads"`
	Acts  map[string]*fixtureAct       `yaml:"acts"`
}

// fixtureAnswer answers an operation where its arguments are as When says; the
// first that fits is given. ${name} in a text is the argument of that name,
// ${number} a running number, ${now} the clock.
type fixtureAnswer struct {
	When    map[string]string `yaml:"when"`
	Value   any               `yaml:"value"`
	Refused *fixtureRefusal   `yaml:"refused"`
}

type fixtureRefusal struct {
	Code   string `yaml:"code" json:"code"`
	Text   string `yaml:"text" json:"text"`
	TextEN string `yaml:"text_en" json:"text_en"`
}

// fixtureAct is an act. Level is what it wants proven (L2, L3), empty for
// nothing; Secrets are the further fields of its secure box, by name and label.
type fixtureAct struct {
	Level   flow.Level        `yaml:"level"`
	Secrets map[string]string `yaml:"secrets"`
	Answers []*fixtureAnswer  `yaml:"answers"`
}

// LoadFixtures reads every bank.yaml under the root of fsys. An operation that
// two scenes answer is a problem: it belongs to one of them.
func LoadFixtures(fsys fs.FS) (*Fixtures, []flow.Problem) {
	f := &Fixtures{boxes: map[string]map[string]string{}, reads: map[string][]*fixtureAnswer{}, acts: map[string]*fixtureAct{}, from: map[string]string{}}
	var problems []flow.Problem
	err := fs.WalkDir(fsys, ".", func(file string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || path.Base(file) != "bank.yaml" {
			return err
		}
		text, err := fs.ReadFile(fsys, file)
		if err != nil {
			return err
		}
		var one fixtureFile
		src, bad := flow.Decode(file, text, &one)
		problems = append(problems, bad...)
		own := func(operation, place string) bool {
			if other, taken := f.from[operation]; taken {
				problems = append(problems, src.At(place, operation+" is answered in "+other+" already", "keep it in one scene"))
				return false
			}
			f.from[operation] = file
			return true
		}
		maps.Copy(f.boxes, one.Boxes)
		for _, op := range slices.Sorted(maps.Keys(one.Reads)) {
			if own(op, "$.reads") {
				f.reads[op] = one.Reads[op]
			}
		}
		for _, op := range slices.Sorted(maps.Keys(one.Acts)) {
			if own(op, "$.acts") {
				f.acts[op] = one.Acts[op]
			}
		}
		return nil
	})
	if err != nil {
		problems = append(problems, flow.Problem{File: "bank.yaml", Text: err.Error(), Remedy: "make the file readable"})
	}
	return f, problems
}

// read answers an operation that changes nothing; false when no scene knows it
// or none of its answers fits.
func (f *Fixtures) read(operation string, args map[string]any) (answer, bool) {
	if f == nil {
		return answer{}, false
	}
	return answered(f.reads[operation], args, "")
}

// boxed says that an operation reads from a secure box.
func (f *Fixtures) boxed(operation string) bool { return f != nil && f.boxes[operation] != nil }

// of is the act of that name; nil when no scene has it.
func (f *Fixtures) of(operation string) *fixtureAct {
	if f == nil {
		return nil
	}
	return f.acts[operation]
}

func (f *Fixtures) act(operation string, args map[string]any, number string) (answer, bool) {
	a := f.of(operation)
	if a == nil {
		return answer{}, false
	}
	return answered(a.Answers, args, number)
}

// secrets are the fields of a secure box besides the factors, by name.
func (f *Fixtures) secrets(operation string) []map[string]any {
	if f.boxed(operation) {
		var out []map[string]any
		for _, name := range slices.Sorted(maps.Keys(f.boxes[operation])) {
			out = append(out, map[string]any{"name": name, "label": f.boxes[operation][name], "digits_min": 12, "digits_max": 19})
		}
		return out
	}
	a := f.of(operation)
	if a == nil {
		return nil
	}
	var out []map[string]any
	for _, name := range slices.Sorted(maps.Keys(a.Secrets)) {
		out = append(out, map[string]any{"name": name, "label": a.Secrets[name], "digits": 6})
	}
	return out
}

func (a *fixtureAnswer) fits(args map[string]any) bool {
	for name, want := range a.When {
		if fmt.Sprint(args[name]) != want {
			return false
		}
	}
	return true
}

// answered gives the first answer that fits; false when none does.
func answered(list []*fixtureAnswer, args map[string]any, number string) (answer, bool) {
	for _, a := range list {
		if !a.fits(args) {
			continue
		}
		if a.Refused != nil {
			raw, err := json.Marshal(a.Refused)
			if err != nil {
				return answer{outcome: dialogue.Failed, code: "encoding"}, true
			}
			return answer{outcome: dialogue.Refused, code: a.Refused.Code, value: raw}, true
		}
		return value(filled(a.Value, args, number)), true
	}
	return answer{}, false
}

// leftOf is what a sum leaves of another one, or a share of that: ${4836.20-amount},
// ${4836.20-amount*0.0005}.
var leftOf = regexp.MustCompile(`\$\{([0-9.]+)-(\w+)(?:\*([0-9.]+))?\}`)

// left works such a text out; it stays as it is where the argument is no sum.
func left(m []string, args map[string]any) string {
	from, err1 := strconv.ParseFloat(m[1], 64)
	sum, err2 := strconv.ParseFloat(fmt.Sprint(args[m[2]]), 64)
	share, err3 := strconv.ParseFloat(cmp.Or(m[3], "1"), 64)
	if err1 != nil || err2 != nil || err3 != nil {
		return m[0]
	}
	return strconv.FormatFloat((from-sum)*share, 'f', 2, 64)
}

// filled puts the arguments into a value's texts: ${date} as it is, ${date.day} its
// day of the month, ${day.next} the next day of that number.
func filled(v any, args map[string]any, number string) any {
	switch v := v.(type) {
	case string:
		if !strings.Contains(v, "${") {
			return v
		}
		v = strings.ReplaceAll(strings.ReplaceAll(v, "${number}", number), "${now}", Start().Format("2006-01-02T15:04:05-07:00"))
		for name, arg := range args {
			v = strings.ReplaceAll(v, "${"+name+"}", fmt.Sprint(arg))
			if at, err := time.Parse(time.DateOnly, fmt.Sprint(arg)); err == nil {
				v = strings.ReplaceAll(v, "${"+name+".day}", strconv.Itoa(at.Day()))
			}
			if n, err := strconv.Atoi(fmt.Sprint(arg)); err == nil {
				next := time.Date(Start().Year(), Start().Month(), n, 0, 0, 0, 0, time.UTC)
				if n <= Start().Day() {
					next = next.AddDate(0, 1, 0)
				}
				v = strings.ReplaceAll(strings.ReplaceAll(v, "${"+name+".day}", strconv.Itoa(n)), "${"+name+".next}", next.Format(time.DateOnly))
			}
		}
		return leftOf.ReplaceAllStringFunc(v, func(m string) string { return left(leftOf.FindStringSubmatch(m), args) })
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, x := range v {
			out[k] = filled(x, args, number)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = filled(x, args, number)
		}
		return out
	}
	return v
}
