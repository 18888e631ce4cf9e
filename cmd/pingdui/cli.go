package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"

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
	Import  importCommand  `cmd:"" help:"Import questions and answers as drafts."`
	Sandbox sandboxCommand `cmd:"" name:"sandbox-bank" help:"Look into the demo's bank core."`
	Openapi openapiCommand `cmd:"" help:"Print the OpenAPI document with all socket frames."`
	Version versionCommand `cmd:"" help:"Say which version this is."`
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
func (c versionCommand) Run(s *session) error {
	commit := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, setting := range info.Settings {
			if setting.Key == "vcs.revision" {
				commit = setting.Value
			}
		}
	}
	if c.JSON {
		return printJSON(s.out, map[string]string{"version": version, "commit": commit})
	}
	_, err := fmt.Fprintf(s.out, "pingdui %s\n", version)
	return err
}

func logger(w io.Writer, level string) *slog.Logger {
	var l slog.Level
	if l.UnmarshalText([]byte(level)) != nil {
		l = slog.LevelInfo
	}
	return slog.New(mask.Handler(slog.NewTextHandler(w, &slog.HandlerOptions{Level: l})))
}
