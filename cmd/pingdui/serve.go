package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/pingdui/pingdui/internal/config"
	"github.com/pingdui/pingdui/web"
)

type serveCommand struct {
	Demo   bool   `help:"Start the sandbox bank, the cast and the demo hall (loopback only)."`
	Addr   string `help:"Where pages, REST and sockets are served." placeholder:"HOST:PORT"`
	Data   string `help:"The folder for everything that is kept." placeholder:"DIR"`
	Config string `help:"A YAML file with settings (docs/operation.md)." placeholder:"FILE"`
}

// Run starts the server and serves until the context ends.
func (c serveCommand) Run(s *session) error {
	settings, err := c.settings(s.environ)
	if err != nil {
		return err
	}
	log := logger(s.err, settings.LogLevel)
	return serve(s.ctx, settings, log, func(line string) { _, _ = fmt.Fprintln(s.out, line) })
}

func (c serveCommand) settings(environ []string) (config.Config, error) {
	settings, err := config.Load(c.Config, environ)
	if err != nil {
		return settings, err
	}
	if c.Demo {
		settings.Demo = true
	}
	if c.Addr != "" {
		settings.Addr = c.Addr
	}
	if c.Data != "" {
		settings.Data = c.Data
	}
	return settings, settings.Check()
}

// serve runs everything until ctx ends. say gets the progress and, at the end
// of the start, the one box with the address.
func serve(ctx context.Context, c config.Config, log *slog.Logger, say func(string)) (err error) {
	step := func(name string) { say("  ▸ " + name) }
	// The address is taken first: a second program on it fails before it touches anything.
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Addr)
	if err != nil {
		return listenFault(c.Addr, err)
	}
	defer listener.Close() //nolint:errcheck // the server has closed it
	if err := openFolder(c.Data); err != nil {
		return err
	}
	db, err := openDatabase(ctx, c, step)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.close()) }()
	p, err := assemble(ctx, c, db, listener.Addr().String(), log, step)
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler: p.handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve: %w", err)
		}
		return nil
	})
	for _, part := range p.parts {
		group.Go(func() error { return part(ctx) })
	}
	group.Go(func() error {
		<-ctx.Done()
		p.stopTaking()
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		if err := server.Shutdown(last); err != nil {
			_ = server.Close() // long polls and streams of the tray do not end by themselves
		}
		return nil
	})
	say(box(listener.Addr().String(), c.Demo))
	err = group.Wait()
	p.close()
	return err
}

// listenFault says why an address can't be served, with what to do.
func listenFault(addr string, err error) error {
	remedy := "name an address of this machine with --addr"
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		remedy = "another program, perhaps another pingdui, is running there: stop it, or choose another port with --addr"
	case errors.Is(err, syscall.EACCES):
		remedy = "this user may not use that port: choose one from 1024 up with --addr"
	}
	return fmt.Errorf("addr %s can't be served: %s (%w)", addr, remedy, err)
}

// openFolder makes the data folder and tries whether it can be written.
func openFolder(data string) error {
	const remedy = "let this user write it (chown, chmod), or name another with --data"
	if err := os.MkdirAll(data, 0o700); err != nil {
		return fmt.Errorf("the data folder %s can't be made: %s (%w)", data, remedy, err)
	}
	probe, err := os.CreateTemp(data, ".write-*")
	if err != nil {
		return fmt.Errorf("the data folder %s can't be written: %s (%w)", data, remedy, err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// pages serves the built web pages; /desk is desk.html.
func pages() (http.Handler, error) {
	files, err := fs.Sub(web.Dist, "dist")
	if err != nil {
		return nil, fmt.Errorf("embedded pages: %w", err)
	}
	static := http.FileServerFS(files)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		path := strings.Trim(r.URL.Path, "/")
		if head, _, _ := strings.Cut(path, "/"); head != "" && !strings.Contains(path, ".") {
			if _, err := fs.Stat(files, head+".html"); err == nil {
				r.URL.Path = "/" + head + ".html" // the page routes inside itself
			}
		}
		if strings.HasPrefix(path, "assets/") {
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		} else {
			w.Header().Set("Cache-Control", "no-cache")
		}
		static.ServeHTTP(w, r)
	}), nil
}

// box is what a newcomer reads last: one address.
func box(addr string, demo bool) string {
	lines := []string{"屏对屏 Pingdui 已就绪", "", "http://" + addr}
	if demo {
		lines = append(lines, "", "演示环境：示例银行，没有真钱 · Demo: no real money", "Ctrl-C 停止 · Ctrl-C stops everything")
	}
	width := 0
	for _, line := range lines {
		width = max(width, columns(line))
	}
	var b strings.Builder
	b.WriteString("\n  ╭" + strings.Repeat("─", width+4) + "╮\n")
	for _, line := range lines {
		b.WriteString("  │  " + line + strings.Repeat(" ", width-columns(line)) + "  │\n")
	}
	b.WriteString("  ╰" + strings.Repeat("─", width+4) + "╯\n")
	return b.String()
}

// columns is how wide a terminal draws a text: Han characters take two cells.
func columns(text string) int {
	n := 0
	for _, r := range text {
		n++
		if r >= 0x2E80 {
			n++
		}
	}
	return n
}
