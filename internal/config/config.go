// Package config holds every setting of the program in one documented struct:
// its default, its limits, and the names it is set by in a file or the
// environment. Unknown names are refused by name, never ignored.
package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

// Config is the whole configuration. Each field can stand in the YAML file
// under its yaml name and in the environment as PINGDUI_ + that name in capitals.
type Config struct {
	// Addr is where pages, REST and sockets are served.
	Addr string `yaml:"addr"`
	// Data is the folder for everything the program keeps.
	Data string `yaml:"data"`
	// Content is a folder laid out as a release from which the first release is
	// made; empty means the shipped content.
	Content string `yaml:"content"`
	// DatabaseURL names your own PostgreSQL (with pgvector 0.8 or newer); empty
	// starts a private one in Data.
	DatabaseURL string `yaml:"database_url"`
	// DatabaseOwnerURL is the role that owns the schema and migrates it; empty
	// means DatabaseURL.
	DatabaseOwnerURL string `yaml:"database_owner_url"`
	// PostgresBin is the bin folder of the server the private database runs on.
	PostgresBin string `yaml:"postgres_bin"`
	// DatabaseConns is the size of the connection pool.
	DatabaseConns int `yaml:"database_conns"`
	// NATSURL names your own NATS; empty runs one inside the program.
	NATSURL string `yaml:"nats_url"`
	// ClusterAddr is where the inner NATS meets those of other nodes.
	ClusterAddr string `yaml:"cluster_addr"`
	// MasterKey is 32 bytes in hex that wrap the customers' data keys; empty
	// makes one in Data.
	MasterKey string `yaml:"master_key"`
	// BankURL is the bank core's address; empty with Demo starts the sandbox bank.
	BankURL string `yaml:"bank_url"`
	// BankToken is the bearer token for BankURL.
	BankToken string `yaml:"bank_token"`
	// TokenSecret is shared with the server of the bank's own app, which asks for
	// customers' tokens with it (docs/decisions/0011); empty switches that off.
	TokenSecret string `yaml:"token_secret"`
	// TokenLife is how long such a token is good.
	TokenLife time.Duration `yaml:"token_life"`
	// ModelURL is an OpenAI-compatible endpoint; empty switches models off.
	ModelURL string `yaml:"model_url"`
	// ModelKey is the endpoint's key.
	ModelKey string `yaml:"model_key"`
	// ModelName is the model asked for.
	ModelName string `yaml:"model_name"`
	// ModelTimeout bounds one call to the model.
	ModelTimeout time.Duration `yaml:"model_timeout"`
	// Origins are the web origins that may open the customer's socket, beside
	// the program's own.
	Origins []string `yaml:"origins"`
	// MediaAddr is the UDP address of the media server; port 0 picks one.
	MediaAddr string `yaml:"media_addr"`
	// TurnAddr is the address of the built-in TURN server (UDP and TCP).
	TurnAddr string `yaml:"turn_addr"`
	// PublicIP is the address clients reach media and TURN at; empty means the
	// address they are bound to.
	PublicIP string `yaml:"public_ip"`
	// Recordings is the folder of sealed recordings of remote sessions; empty means
	// recordings in Data.
	Recordings string `yaml:"recordings"`
	// Queues is a file that says who serves which queue (docs/operation.md); empty
	// means the shipped queues.
	Queues string `yaml:"queues"`
	// Demo starts the sandbox bank, the cast and the hall; loopback only.
	Demo bool `yaml:"demo"`
	// SampleBankAddr serves the sample bank's site (demo only), an origin of its
	// own; empty means the port above Addr's, "off" switches it off.
	SampleBankAddr string `yaml:"sample_bank_addr"`
	// LogLevel is debug, info, warn or error.
	LogLevel string `yaml:"log_level"`
	// Zone is the bank's time zone.
	Zone string `yaml:"zone"`
}

// Default returns the settings a newcomer starts with.
func Default() Config {
	return Config{
		Addr:          "127.0.0.1:8080",
		Data:          "data",
		DatabaseConns: 16,
		ClusterAddr:   "127.0.0.1:0",
		TokenLife:     15 * time.Minute,
		ModelTimeout:  8 * time.Second,
		MediaAddr:     "127.0.0.1:0",
		TurnAddr:      "127.0.0.1:0",
		LogLevel:      "info",
		Zone:          "Asia/Shanghai",
	}
}

// MinTokenSecret is the fewest characters of token_secret.
const MinTokenSecret = 32

const envPrefix = "PINGDUI_"

// Load starts from the defaults, lays the file over them (path may be empty),
// then the environment, and checks the result.
func Load(path string, environ []string) (Config, error) {
	config := Default()
	if path != "" {
		raw, err := os.ReadFile(path) //nolint:gosec // the operator names the file
		if err != nil {
			return config, fmt.Errorf("read the configuration: %w", err)
		}
		if err := yaml.UnmarshalWithOptions(raw, &config, yaml.Strict()); err != nil {
			text := fmt.Sprintf("%s: %s", path, strings.TrimRight(yaml.FormatError(err, false, true), "\n"))
			var unknown *yaml.UnknownFieldError
			if errors.As(err, &unknown) {
				text += "\nthe settings are " + strings.Join(Names(), ", ") + " (docs/operation.md)"
			}
			return config, errors.New(text)
		}
	}
	if err := fromEnviron(&config, environ); err != nil {
		return config, err
	}
	return config, nil
}

// Names lists every setting as it is called in the file, in the order of Config.
func Names() []string {
	t := reflect.TypeFor[Config]()
	names := make([]string, 0, t.NumField())
	for i := range t.NumField() {
		names = append(names, t.Field(i).Tag.Get("yaml"))
	}
	return names
}

func fromEnviron(config *Config, environ []string) error {
	fields := map[string]reflect.Value{}
	value := reflect.ValueOf(config).Elem()
	for i := range value.NumField() {
		fields[envPrefix+strings.ToUpper(value.Type().Field(i).Tag.Get("yaml"))] = value.Field(i)
	}
	var problems []error
	for _, entry := range environ {
		name, text, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, envPrefix) {
			continue
		}
		field, ok := fields[name]
		if !ok {
			problems = append(problems, fmt.Errorf("environment: %s is not a setting: use PINGDUI_ and one of %s in capitals (docs/operation.md)", name, strings.Join(Names(), ", ")))
			continue
		}
		if err := set(field, text); err != nil {
			problems = append(problems, fmt.Errorf("environment: %s: %w", name, err))
		}
	}
	return errors.Join(problems...)
}

func set(field reflect.Value, text string) error {
	switch target := field.Addr().Interface().(type) {
	case *string:
		*target = text
	case *bool:
		v, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Errorf("%q is neither true nor false", text)
		}
		*target = v
	case *int:
		v, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("%q is not a whole number", text)
		}
		*target = v
	case *time.Duration:
		v, err := time.ParseDuration(text)
		if err != nil {
			return fmt.Errorf("%q is not a duration like 8s", text)
		}
		*target = v
	case *[]string:
		*target = strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
	default:
		return fmt.Errorf("settings of type %T can't be set from the environment", target)
	}
	return nil
}

// Check refuses settings that can't work, each with what to do.
func (c Config) Check() error {
	var problems []error
	bad := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	host, problem := splitAddr(c.Addr)
	if problem != "" {
		bad("addr %q %s; for example 127.0.0.1:8080", c.Addr, problem)
	} else if c.Demo && !loopback(host) {
		bad("addr %q: the demo has accounts without passwords and is served on a loopback address only; use 127.0.0.1, or leave --demo out", c.Addr)
	}
	for _, one := range []struct{ name, addr, example string }{
		{"cluster_addr", c.ClusterAddr, "127.0.0.1:0"},
		{"media_addr", c.MediaAddr, "127.0.0.1:0"},
		{"turn_addr", c.TurnAddr, "0.0.0.0:3478"},
		{"sample_bank_addr", strings.TrimSuffix(c.SampleBankAddr, "off"), "127.0.0.1:8081"},
	} {
		if one.addr == "" {
			continue
		}
		if _, problem := splitAddr(one.addr); problem != "" {
			bad("%s %q %s; for example %s", one.name, one.addr, problem, one.example)
		}
	}
	if c.Data == "" {
		bad("data is empty: name a folder")
	}
	for name, text := range map[string]string{"database_url": c.DatabaseURL, "database_owner_url": c.DatabaseOwnerURL, "nats_url": c.NATSURL, "bank_url": c.BankURL, "model_url": c.ModelURL} {
		if text == "" {
			continue
		}
		if _, err := url.Parse(text); err != nil {
			bad("%s is not a URL", name)
		}
	}
	if c.BankURL == "" && !c.Demo {
		bad("bank_url is empty: name the bank core's address, or start with --demo to use the sandbox bank")
	}
	if c.DatabaseConns < 4 || c.DatabaseConns > 1000 {
		bad("database_conns is %d: use 4 to 1000", c.DatabaseConns)
	}
	if c.ModelTimeout <= 0 || c.ModelTimeout > time.Minute {
		bad("model_timeout is %s: use up to 1m", c.ModelTimeout)
	}
	if c.TokenSecret != "" && len(c.TokenSecret) < MinTokenSecret {
		bad("token_secret has %d characters: use at least %d random ones (openssl rand -hex 32)", len(c.TokenSecret), MinTokenSecret)
	}
	if c.TokenLife < time.Minute || c.TokenLife > time.Hour {
		bad("token_life is %s: use 1m to 1h", c.TokenLife)
	}
	switch c.LogLevel {
	case "debug", "info", "warn", "error":
	default:
		bad("log_level (PINGDUI_LOG_LEVEL) %q is none of debug, info, warn, error: use one of them, or leave it out for info", c.LogLevel)
	}
	if _, err := time.LoadLocation(c.Zone); err != nil {
		bad("zone %q is not a time zone, for example Asia/Shanghai", c.Zone)
	}
	return errors.Join(problems...)
}

// splitAddr gives the host of host:port, or what is wrong with it.
func splitAddr(addr string) (host, problem string) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "", "is not host:port"
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return "", fmt.Sprintf("has the port %s: use a number from 0 to 65535, where 0 picks a free one", port)
	}
	return host, ""
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
