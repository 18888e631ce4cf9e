package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pingdui/pingdui/internal/config"
)

func TestLoad(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "pingdui.yaml")
	if err := os.WriteFile(path, []byte("addr: 127.0.0.1:9000\nmodel_timeout: 3s\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := config.Load(path, []string{"PINGDUI_DATA=/srv/x", "PINGDUI_DATABASE_CONNS=32", "HOME=/"})
	if err != nil {
		t.Fatal(err)
	}
	if got.Addr != "127.0.0.1:9000" || got.Data != "/srv/x" || got.DatabaseConns != 32 || got.ModelTimeout.Seconds() != 3 {
		t.Errorf("got %+v", got)
	}
}

func TestBadSettingsAreNamed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "pingdui.yaml")
	if err := os.WriteFile(path, []byte("addr: 127.0.0.1:9000\nwrong: x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := config.Load(path, nil); err == nil || !strings.Contains(err.Error(), "wrong") || !strings.Contains(err.Error(), "2:") {
		t.Errorf("an unknown key must be named with its line, got %v", err)
	}
	if _, err := config.Load("", []string{"PINGDUI_WRONG=x"}); err == nil || !strings.Contains(err.Error(), "PINGDUI_WRONG") {
		t.Errorf("an unknown environment name must be named, got %v", err)
	}
	c := config.Default()
	c.Demo, c.Addr, c.DatabaseConns, c.Zone = true, "0.0.0.0:80", 1, "Nowhere"
	err := c.Check()
	for _, want := range []string{"loopback", "database_conns", "zone"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in %v", want, err)
		}
	}
}
