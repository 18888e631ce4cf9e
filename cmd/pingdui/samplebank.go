package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pingdui/pingdui/internal/config"
	"github.com/pingdui/pingdui/web"
)

// sampleBankAddr is where the sample bank's site is served: another port, and so
// another origin. Empty when it isn't.
func sampleBankAddr(c config.Config, addr string) string {
	if !c.Demo || c.SampleBankAddr == "off" {
		return ""
	}
	if c.SampleBankAddr != "" {
		return c.SampleBankAddr
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return ""
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return ""
	}
	return net.JoinHostPort(host, strconv.Itoa(number+1))
}

// openSampleBank serves a small bank's site that embeds the widget, as a bank
// would. Where its port is taken the demo goes on without it.
func (r *rooms) openSampleBank(ctx context.Context, p *program, addr string) error {
	sample := sampleBankAddr(r.config, addr)
	if sample == "" {
		return nil
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", sample)
	if err != nil {
		r.log.Warn("the sample bank's site is not served: choose another port with PINGDUI_SAMPLE_BANK_ADDR", "addr", sample, "error", err)
		return nil
	}
	files, err := fs.Sub(web.Dist, "dist/samplebank")
	if err != nil {
		return fmt.Errorf("embedded pages: %w", err)
	}
	server := &http.Server{Handler: http.FileServerFS(files), ReadHeaderTimeout: 10 * time.Second}
	p.run(func(ctx context.Context) error {
		stop := context.AfterFunc(ctx, func() { _ = server.Close() })
		defer stop()
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("the sample bank's site: %w", err)
		}
		return nil
	})
	return nil
}

// allowOrigins lets the bank's own sites call the customer's API with a bearer
// token; no cookie is ever involved. The console's and the desk's calls are not
// among them.
func (r *rooms) allowOrigins(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		origin := req.Header.Get("Origin")
		if origin != "" && slices.Contains(r.origins, origin) && customerPath(req.URL.Path) {
			w.Header().Set("Access-Control-Allow-Origin", origin)
			w.Header().Add("Vary", "Origin")
			if req.Method == http.MethodOptions {
				w.Header().Set("Access-Control-Allow-Methods", "GET, POST")
				w.Header().Set("Access-Control-Allow-Headers", "authorization, content-type")
				w.Header().Set("Access-Control-Max-Age", "600")
				w.WriteHeader(http.StatusNoContent)
				return
			}
		}
		next.ServeHTTP(w, req)
	})
}

// customerPath says whether a path is part of the customer's API.
func customerPath(path string) bool {
	for _, prefix := range []string{
		"/api/v1/demo/sign-in", "/api/v1/demo/cast", "/api/v1/devices", "/api/v1/tickets", "/api/v1/secure/", "/api/v1/sources/",
		"/api/v1/conversations", "/widget.js",
	} {
		if strings.HasPrefix(path, prefix) {
			return true
		}
	}
	return false
}
