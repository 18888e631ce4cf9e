package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/pingdui/pingdui/internal/mask"
)

// version is what `pingdui version` says; releases set it at build time.
const version = "0.1.0"

// session is what every command is given: it never touches the process's own
// streams or environment, so that a test can run it.
type session struct {
	ctx     context.Context //nolint:containedctx // it is the command's own
	environ []string
	in      io.Reader
	out     io.Writer
	err     io.Writer
}

type cli struct {
	Serve   serveCommand   `cmd:"" help:"Start the server; with --demo the sandbox bank and the demo hall too."`
	Say     sayCommand     `cmd:"" help:"Speak to a running server: JSON lines in, one object a turn out."`
	Test    testCommand    `cmd:"" help:"Play the conversation tests."`
	Eval    evalCommand    `cmd:"" help:"Measure the understanding."`
	Bench   benchCommand   `cmd:"" help:"Measure a part of the program on this machine."`
	Import  importCommand  `cmd:"" help:"Import questions and answers as drafts."`
	Session sessionCommand `cmd:"" help:"Check and export recordings of remote sessions."`
	Sandbox sandboxCommand `cmd:"" name:"sandbox-bank" help:"Look into the demo's bank core."`
	Schema  schemaCommand  `cmd:"" help:"Print the JSON Schema of a content file: flow."`
	Openapi openapiCommand `cmd:"" help:"Print the OpenAPI document with all socket frames."`
	Version versionCommand `cmd:"" help:"Say which version this is."`
	Help    helpCommand    `cmd:"" help:"Show what a command does: pingdui help serve."`

	ShowVersion versionFlag `name:"version" help:"Say which version this is."`
}

// versionFlag makes --version say what the command version says.
type versionFlag bool

// BeforeReset runs before a command is asked for, as --help does.
func (versionFlag) BeforeReset(app *kong.Kong) error {
	if err := (versionCommand{}).write(app.Stdout); err != nil {
		return err
	}
	app.Exit(0)
	return nil
}

type helpCommand struct {
	Command []string `arg:"" optional:"" help:"The command to explain; all when none is named."`
}

// Run prints a command's help.
func (c helpCommand) Run(s *session) error {
	if code := run(s.ctx, append(slices.Clone(c.Command), "--help"), s.environ, s.in, s.out, s.err); code != 0 {
		return fmt.Errorf("there is no command %q: `pingdui help` lists them", strings.Join(c.Command, " "))
	}
	return nil
}

// exit carries an exit code through kong.
type exit struct{ code int }

// run is the program: 0 when it went well, 1 when the work failed, 2 when the
// call itself can't be understood.
func run(ctx context.Context, args, environ []string, in io.Reader, out, errOut io.Writer) (code int) {
	s := &session{ctx: ctx, environ: environ, in: in, out: out, err: errOut}
	var commands cli
	parser, err := kong.New(&commands,
		kong.Name("pingdui"), kong.Description("屏对屏 — a conversational digital employee for banks."),
		kong.Writers(out, errOut), kong.Exit(func(code int) { panic(exit{code}) }), kong.UsageOnError(),
	)
	if err != nil {
		_, _ = fmt.Fprintln(errOut, "pingdui:", err)
		return 2
	}
	defer func() {
		if p := recover(); p != nil {
			asked, ok := p.(exit)
			if !ok {
				panic(p)
			}
			code = asked.code
		}
	}()
	parsed, err := parser.Parse(args)
	if err != nil {
		_, _ = fmt.Fprintln(errOut, "pingdui:", err)
		return 2
	}
	if err := parsed.Run(s); err != nil && !errors.Is(err, context.Canceled) {
		_, _ = fmt.Fprintln(errOut, "pingdui:", err)
		return 1
	}
	return 0
}

type versionCommand struct {
	JSON bool `name:"json" help:"Print one JSON object."`
}

// Run prints the version.
func (c versionCommand) Run(s *session) error { return c.write(s.out) }

func (c versionCommand) write(w io.Writer) error {
	commit, changed := revision()
	if c.JSON {
		return printJSON(w, map[string]any{"version": version, "commit": commit, "modified": changed})
	}
	built := "built outside a repository"
	if commit != "" {
		built = "commit " + commit
	}
	if changed {
		built += ", with changes"
	}
	_, err := fmt.Fprintf(w, "pingdui %s (%s)\n", version, built)
	return err
}

// revision is the commit the program was built from, and whether the tree had
// changes beside it.
func revision() (commit string, changed bool) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "", false
	}
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			commit = setting.Value
		case "vcs.modified":
			changed = setting.Value == "true"
		}
	}
	return commit, changed
}

func logger(w io.Writer, level string) *slog.Logger {
	var l slog.Level
	if l.UnmarshalText([]byte(level)) != nil {
		l = slog.LevelInfo
	}
	return slog.New(mask.Handler(slog.NewTextHandler(w, &slog.HandlerOptions{Level: l})))
}
