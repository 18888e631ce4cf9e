package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/pingdui/pingdui/assistant/content"
	"github.com/pingdui/pingdui/assistant/scenes"
	"github.com/pingdui/pingdui/internal/config"
	"github.com/pingdui/pingdui/internal/wire"
)

type evalScenesCommand struct {
	Lines  string        `required:"" type:"existingfile" help:"Lines: scene number or none<TAB>style<TAB>text."`
	URL    string        `help:"A demo server to ask; one of its own is started when empty." placeholder:"URL"`
	As     string        `default:"C002" help:"The customer of the cast who says them."`
	Within time.Duration `default:"30s" help:"How long one line may take."`
	JSON   bool          `name:"json" help:"Print one JSON object."`
}

// sceneScore counts what became of first messages. Right: the scene of the line
// was begun, or answered from an article that leads to it; for none: nothing was
// begun and nothing answered as known. Asked: one question that holds the scene.
type sceneScore struct {
	N                           int `json:"n"`
	Right                       int `json:"right"`
	Asked                       int `json:"asked"`
	Wrong                       int `json:"wrong"`
	MoneyOrIdentityWronglyBegun int `json:"money_or_identity_wrongly_begun"`
	NoneAnsweredAsKnown         int `json:"none_answered_as_known"`
}

// scenesReport is what --json prints.
type scenesReport struct {
	sceneScore
	Styles map[string]*sceneScore `json:"styles"`
	Scenes map[string]*sceneScore `json:"scenes"`
	// Mistakes are the lines that went wrong, with what was done instead.
	Mistakes []sceneMistake `json:"mistakes"`
}

type sceneMistake struct {
	Line  int    `json:"line"`
	Scene string `json:"scene"`
	Style string `json:"style"`
	Text  string `json:"text"`
	Did   string `json:"did"`
}

type sceneLine struct {
	number             int
	scene, style, text string
}

// readScenes reads the lines; a bad one is named with its number.
func readScenes(r io.Reader, name string) ([]sceneLine, error) {
	var out []sceneLine
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		parts := strings.SplitN(lines.Text(), "\t", 3)
		if len(parts) != 3 || strings.TrimSpace(parts[2]) == "" || !sceneNumber.MatchString(parts[0]) {
			return nil, fmt.Errorf("%s:%d: a line is scene number (1 to 47, R1 to R28) or none, a tab, a style, a tab, the text", name, n)
		}
		out = append(out, sceneLine{number: n, scene: parts[0], style: parts[1], text: parts[2]})
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(out) == 0 {
		return nil, emptyFile(name)
	}
	return out, nil
}

var sceneNumber = regexp.MustCompile(`^(none|[1-9][0-9]?|R[1-9][0-9]?)$`)

// Run says each line as the first message of a new conversation with a whole
// running product, and counts what it does.
func (c evalScenesCommand) Run(s *session) error {
	file, err := os.Open(c.Lines)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // only read
	lines, err := readScenes(file, c.Lines)
	if err != nil {
		return err
	}
	set, problems := content.Compile(scenes.FS)
	if len(problems) > 0 {
		return fmt.Errorf("the shipped content: %s", problems[0])
	}
	url, stop := c.URL, func() error { return nil }
	if url == "" {
		if url, stop, err = ownServer(s.ctx); err != nil {
			return err
		}
	}
	report, err := c.measure(s.ctx, url, lines, sceneIndex(set))
	if bad := stop(); err == nil {
		err = bad
	}
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.out, report)
	}
	return report.print(s.out)
}

// ownServer runs the demo on a free port and a folder that is removed.
func ownServer(ctx context.Context) (string, func() error, error) {
	dir, err := os.MkdirTemp("", "pd-eval-")
	if err != nil {
		return "", nil, err
	}
	settings := config.Default()
	settings.Demo, settings.Addr, settings.Data, settings.SampleBankAddr = true, "127.0.0.1:0", dir, "off"
	ctx, cancel := context.WithCancel(ctx)
	ready, ended := make(chan string, 1), make(chan error, 1)
	address := regexp.MustCompile(`http://[0-9.:]+`)
	go func() {
		ended <- serve(ctx, settings, slog.New(slog.DiscardHandler), func(text string) {
			if found := address.FindString(text); found != "" {
				ready <- found
			}
		})
	}()
	stop := func() error {
		cancel()
		err := <-ended
		_ = os.RemoveAll(dir)
		return err
	}
	select {
	case url := <-ready:
		return url, stop, nil
	case err := <-ended:
		cancel()
		_ = os.RemoveAll(dir)
		return "", nil, err
	}
}

// sceneNames tell which scenes stand behind flows, labels and articles.
type sceneNames struct {
	flow  map[string]*content.Scene
	label map[string]string // as offered, to the scene's number
}

func sceneIndex(set *content.Set) sceneNames {
	x := sceneNames{flow: map[string]*content.Scene{}, label: map[string]string{}}
	for _, sc := range set.Scenes {
		x.flow[sc.ID] = sc
		for _, text := range []string{sc.Name["zh"], sc.Name["en"], set.Flow(sc.ID).Name["zh"], set.Flow(sc.ID).Name["en"]} {
			x.label[strings.ToLower(text)] = sc.Number
		}
	}
	for _, in := range set.Intents {
		if sc := x.flow[in.Flow]; sc != nil {
			x.label[strings.ToLower(in.Label["zh"])], x.label[strings.ToLower(in.Label["en"])] = sc.Number, sc.Number
		}
	}
	return x
}

func (c evalScenesCommand) measure(ctx context.Context, url string, lines []sceneLine, names sceneNames) (scenesReport, error) {
	out := scenesReport{Styles: map[string]*sceneScore{}, Scenes: map[string]*sceneScore{}, Mistakes: []sceneMistake{}}
	api := newClient(url)
	if _, err := api.signIn(ctx, c.As); err != nil {
		return out, err
	}
	for _, l := range lines {
		heard, err := c.ask(ctx, api, l.text)
		if err != nil {
			return out, fmt.Errorf("%s:%d: %w", c.Lines, l.number, err)
		}
		verdict, did, harm := names.judge(l.scene, heard)
		for _, score := range []*sceneScore{&out.sceneScore, entry(out.Styles, l.style), entry(out.Scenes, l.scene)} {
			score.count(verdict, harm)
		}
		if verdict == "wrong" {
			out.Mistakes = append(out.Mistakes, sceneMistake{l.number, l.scene, l.style, l.text, did})
		}
	}
	return out, nil
}

func entry(m map[string]*sceneScore, key string) *sceneScore {
	if m[key] == nil {
		m[key] = &sceneScore{}
	}
	return m[key]
}

func (s *sceneScore) count(verdict string, harm harm) {
	s.N++
	switch verdict {
	case "right":
		s.Right++
	case "asked":
		s.Asked++
	default:
		s.Wrong++
	}
	if harm.begun {
		s.MoneyOrIdentityWronglyBegun++
	}
	if harm.known {
		s.NoneAnsweredAsKnown++
	}
}

// ask says a text first in a new conversation.
func (c evalScenesCommand) ask(ctx context.Context, api *client, text string) (said, error) {
	conn, err := api.dial(ctx, wire.FromCustomer{Conversation: "new", Device: "eval"})
	if err != nil {
		return said{}, err
	}
	defer conn.Close() //nolint:errcheck // it has said all it should
	t := &talk{command: sayCommand{Within: c.Within}, client: api, conn: conn, frames: make(chan wire.ToCustomer, 64), accepted: map[string]int64{}}
	go t.read()
	if err := t.begin(ctx, ""); err != nil {
		return said{}, err
	}
	return t.say(ctx, line{Text: &text})
}

type harm struct {
	begun bool // a money or identity business that the line did not ask for
	known bool // a line that nothing covers, answered as if it were known
}

// judge compares what was done with the scene of a line.
func (x sceneNames) judge(scene string, heard said) (verdict, did string, h harm) {
	begun, article := "", ""
	for _, note := range heard.Notes {
		words := strings.Fields(note)
		switch {
		case len(words) > 1 && words[0] == "flow.started" && begun == "":
			begun = words[1]
		case len(words) > 1 && words[0] == "answered":
			article = words[len(words)-1]
		}
	}
	if sc := x.flow[begun]; sc != nil {
		did = "began " + sc.Number + " " + begun
		h.begun = sc.Number != scene && (sc.Risk == "money" || sc.Risk == "identity")
		h.known = scene == "none"
		if sc.Number == scene {
			return "right", did, h
		}
		return "wrong", did, h
	}
	offered := x.offered(heard)
	switch {
	case scene != "none" && slices.Contains(offered, scene):
		return "asked", "asked " + strings.Join(offered, ", "), h
	case article != "":
		h.known = scene == "none"
		return "wrong", "answered " + article, h
	case scene == "none":
		return "right", "did not know", h
	case len(offered) > 0:
		return "wrong", "asked " + strings.Join(offered, ", "), h
	}
	return "wrong", "did not know", h
}

// offered are the scenes that what was said leads to with one tap or yes.
func (x sceneNames) offered(heard said) []string {
	var out []string
	add := func(text string) {
		if _, name, named := strings.Cut(strings.Replace(text, ": ", "：", 1), "："); named {
			text = name // 现在办：X
		}
		if number := x.label[strings.ToLower(text)]; number != "" && !slices.Contains(out, number) {
			out = append(out, number)
		}
	}
	for _, r := range heard.Replies {
		for _, a := range r.Actions {
			add(a.Label)
		}
		if len(r.Actions) == 0 {
			continue
		}
		for label, number := range x.label {
			if len([]rune(label)) > 2 && strings.Contains(strings.ToLower(r.Text), label) && !slices.Contains(out, number) {
				out = append(out, number)
			}
		}
	}
	slices.Sort(out)
	return out
}

func (r scenesReport) print(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	row := func(name string, s *sceneScore) {
		_, _ = fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t%.1f %%\t%d\t%d\n", name, s.N, s.Right, s.Asked, s.Wrong,
			100*float64(s.Right+s.Asked)/float64(max(1, s.N)), s.MoneyOrIdentityWronglyBegun, s.NoneAnsweredAsKnown)
	}
	_, _ = fmt.Fprintln(t, "\tn\tright\tasked\twrong\tright or asked\tmoney or identity wrongly begun\tnone answered as known")
	row("all", &r.sceneScore)
	for _, part := range []map[string]*sceneScore{r.Styles, r.Scenes} {
		names := make([]string, 0, len(part))
		for name := range part {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			row(name, part[name])
		}
	}
	return t.Flush()
}
