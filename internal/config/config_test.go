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
	if _, err := config.Load(path, nil); err == nil || !strings.Contains(err.Error(), "addr, data, content, database_url") {
		t.Errorf("an unknown key must be answered with the known ones, got %v", err)
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

func TestBadAddressesAndLevelsAreNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		change func(*config.Config)
		want   []string
	}{
		{func(c *config.Config) { c.Addr = "127.0.0.1:99999" }, []string{"addr", "99999", "65535"}},
		{func(c *config.Config) { c.Addr = "127.0.0.1" }, []string{"addr", "host:port", "127.0.0.1:8080"}},
		{func(c *config.Config) { c.Addr = "127.0.0.1:http2" }, []string{"addr", "http2"}},
		{func(c *config.Config) { c.MediaAddr = "127.0.0.1:-1" }, []string{"media_addr", "-1"}},
		{func(c *config.Config) { c.TurnAddr = "127.0.0.1:70000" }, []string{"turn_addr", "70000"}},
		{func(c *config.Config) { c.ClusterAddr = "here" }, []string{"cluster_addr", "here"}},
		{func(c *config.Config) { c.SampleBankAddr = "there" }, []string{"sample_bank_addr", "there"}},
		{func(c *config.Config) { c.TokenSecret = "short" }, []string{"token_secret", "32"}},
		{func(c *config.Config) { c.TokenLife = 0 }, []string{"token_life", "1m to 1h"}},
		{func(c *config.Config) { c.LogLevel = "loud" }, []string{"PINGDUI_LOG_LEVEL", "loud", "debug, info, warn, error"}},
	} {
		settings := config.Default()
		settings.Demo = true
		c.change(&settings)
		err := settings.Check()
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%q is missing in %v", want, err)
			}
		}
	}
	settings := config.Default()
	settings.Demo, settings.SampleBankAddr, settings.TurnAddr = true, "off", ""
	if err := settings.Check(); err != nil {
		t.Errorf("good settings are refused: %v", err)
	}
}
