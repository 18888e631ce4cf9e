package convtest

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/pingdui/pingdui/assistant/content"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/flow"
)

// Result is one case's outcome.
type Result struct {
	File    string   `json:"file"`
	Line    int      `json:"line"`
	At      int      `json:"at"`    // the line of the step that failed; Line where none did
	Scene   string   `json:"scene"` // the scene's folder: 13-transfer
	Name    string   `json:"name"`
	Tags    []string `json:"tags,omitempty"`
	Passed  bool     `json:"passed"`
	Failure string   `json:"failure,omitempty"` // where and what, with the transcript
	Seconds float64  `json:"seconds"`
	// Trace is every event with the context it was decided in, for replay.
	Trace []Traced `json:"-"`
	// Calls are all calls the bank saw.
	Calls []Call `json:"-"`
	// Final is the state at the end.
	Final dialogue.State `json:"-"`
}

// Traced is one recorded call of dialogue.Step.
type Traced struct {
	// Afresh says that a new conversation begins with it.
	Afresh  bool
	Context dialogue.Context
	Event   dialogue.Event
	Effects []dialogue.Effect
}

// Report is the outcome of a run.
type Report struct {
	Scenes  int     `json:"scenes"`
	Passed  int     `json:"passed"`
	Failed  int     `json:"failed"`
	Seconds float64 `json:"seconds"`
	// Repair counts the tests about repair, Money those of a scene that moves
	// money or proves who somebody is, Assisted the scenes that go on in a remote
	// session, whose part here is scripted.
	Repair   int      `json:"repair"`
	Money    int      `json:"money"`
	Assisted int      `json:"assisted"`
	Cases    []Result `json:"cases"`
}

func report(set *content.Set, problems []flow.Problem, results []Result, began time.Time) Report {
	rep := Report{Cases: []Result{}}
	for _, p := range problems {
		rep.Cases = append(rep.Cases, Result{File: p.File, Line: p.Line, At: p.Line, Scene: sceneOf(p.File), Name: "the file can be read", Failure: p.String()})
	}
	rep.Cases = append(rep.Cases, results...)
	scenes := map[string]*content.Scene{}
	for _, s := range set.Scenes {
		scenes[path.Base(s.Dir)] = s
	}
	seen := map[string]bool{}
	for _, r := range rep.Cases {
		s := scenes[r.Scene]
		if !seen[r.Scene] && s != nil && strings.HasPrefix(s.Number, "R") {
			rep.Assisted++
		}
		seen[r.Scene] = true
		if r.Passed {
			rep.Passed++
		} else {
			rep.Failed++
		}
		if slices.Contains(r.Tags, "repair") {
			rep.Repair++
		}
		if Guarded(s) || slices.Contains(r.Tags, "money") || slices.Contains(r.Tags, "identity") {
			rep.Money++
		}
	}
	rep.Scenes, rep.Seconds = len(seen), time.Since(began).Seconds()
	return rep
}

// Guarded says that a scene moves money or proves who somebody is.
func Guarded(s *content.Scene) bool { return s != nil && (s.Risk == "money" || s.Risk == "identity") }

// sceneOf is the folder of the scene a test file belongs to.
func sceneOf(file string) string { return path.Base(path.Dir(path.Dir(file))) }

// Summary is the report in one sentence.
func (r Report) Summary() string {
	s := fmt.Sprintf("%d tests (%d about repair, %d of money or identity) in %d scenes", len(r.Cases), r.Repair, r.Money, r.Scenes)
	if r.Assisted > 0 {
		s += fmt.Sprintf(", %d of them assisted: scripted", r.Assisted)
	}
	return s + fmt.Sprintf(": %d passed, %d failed in %.1f s", r.Passed, r.Failed, r.Seconds)
}

type junitSuites struct {
	XMLName  xml.Name      `xml:"testsuites"`
	Name     string        `xml:"name,attr"`
	Tests    int           `xml:"tests,attr"`
	Failures int           `xml:"failures,attr"`
	Time     string        `xml:"time,attr"`
	Suites   []*junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Time     string      `xml:"time,attr"`
	Cases    []junitCase `xml:"testcase"`
	seconds  float64
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	File    string        `xml:"file,attr"`
	Line    int           `xml:"line,attr"`
	Time    string        `xml:"time,attr"`
	Failure *junitFailure `xml:"failure,omitempty"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// WriteJUnit writes the report as JUnit XML: a test suite a scene.
func (r Report) WriteJUnit(w io.Writer) error {
	out := junitSuites{Name: "conversation tests", Tests: len(r.Cases), Failures: r.Failed, Time: seconds(r.Seconds)}
	suites := map[string]*junitSuite{}
	for _, c := range r.Cases {
		s := suites[c.Scene]
		if s == nil {
			s = &junitSuite{Name: c.Scene}
			suites[c.Scene] = s
			out.Suites = append(out.Suites, s)
		}
		one := junitCase{Name: c.Name, Class: c.Scene, File: c.File, Line: c.Line, Time: seconds(c.Seconds)}
		if !c.Passed {
			s.Failures++
			what, _, _ := strings.Cut(c.Failure, "\n")
			one.Failure = &junitFailure{Message: fmt.Sprintf("%s:%d: %s", c.File, c.At, what), Text: c.Failure}
		}
		s.Tests++
		s.seconds += c.Seconds
		s.Time = seconds(s.seconds)
		s.Cases = append(s.Cases, one)
	}
	slices.SortFunc(out.Suites, func(a, b *junitSuite) int { return cmp.Compare(a.Name, b.Name) })
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(out); err != nil {
		return fmt.Errorf("write the JUnit report: %w", err)
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func seconds(s float64) string { return fmt.Sprintf("%.3f", s) }
