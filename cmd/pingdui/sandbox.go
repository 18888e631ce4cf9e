package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/pingdui/pingdui/internal/demo"
	"github.com/pingdui/pingdui/internal/sandboxbank"
)

// coreFile is where a running sandbox bank says how it is reached, for other
// nodes on the same data folder and for `pingdui sandbox-bank`.
func coreFile(data string) string { return filepath.Join(data, "sandbox-bank.json") }

func readCore(data string) (core, error) {
	raw, err := os.ReadFile(coreFile(data))
	if err != nil {
		return core{}, fmt.Errorf("no sandbox bank runs on the data folder %s: start `pingdui serve --demo` there first (%w)", data, err)
	}
	var c core
	if err := json.Unmarshal(raw, &c); err != nil {
		return core{}, fmt.Errorf("%s can't be read: %w", coreFile(data), err)
	}
	return c, nil
}

// openBank finds the bank's core: the configured one, the sandbox bank another
// node of this data folder runs, or one of its own.
func (r *rooms) openBank(ctx context.Context, p *program) error {
	if r.config.BankURL != "" {
		r.core = core{URL: r.config.BankURL, Token: r.config.BankToken}
		return r.connectBank()
	}
	if r.db.cluster != nil && r.db.cluster.Attached() {
		c, err := readCore(r.config.Data)
		if err != nil {
			return err
		}
		r.core = c
		return r.connectBank()
	}
	pool, err := pgxpool.New(ctx, r.db.bankURL)
	if err != nil {
		return fmt.Errorf("open the sandbox bank's database: %w", err)
	}
	p.closing = append(p.closing, pool.Close)
	token := make([]byte, 24)
	_, _ = rand.Read(token)
	r.core.Token = hex.EncodeToString(token)
	bank, err := sandboxbank.New(ctx, sandboxbank.Config{Pool: pool, Token: r.core.Token, Zone: r.zone, Demo: true, Log: r.log})
	if err != nil {
		return err
	}
	if err := bank.Seed(ctx); err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("the sandbox bank found no port: %w", err)
	}
	r.core.URL = "http://" + listener.Addr().String()
	raw, err := json.Marshal(r.core)
	if err != nil {
		return err
	}
	if err := os.WriteFile(coreFile(r.config.Data), raw, 0o600); err != nil {
		return fmt.Errorf("say where the sandbox bank is: %w", err)
	}
	server := &http.Server{Handler: bank.Handler(), ReadHeaderTimeout: 5 * time.Second}
	p.run(func(ctx context.Context) error {
		defer bank.Close()
		stop := context.AfterFunc(ctx, func() { _ = server.Close() })
		defer stop()
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("the sandbox bank: %w", err)
		}
		return nil
	})
	return r.connectBank()
}

type sandboxCommand struct {
	Ledger ledgerCommand `cmd:"" help:"What the bank's books say of one customer."`
}

type ledgerCommand struct {
	Customer string `required:"" help:"The customer's number or name, for example C001 or 王秀英."`
	All      bool   `help:"Every booking, not only those since the start."`
	Data     string `help:"The data folder of the running server." default:"data"`
	JSON     bool   `name:"json" help:"Print one JSON object."`
}

// Run prints the ledger of a customer, over HTTP like everybody else.
func (c ledgerCommand) Run(s *session) error {
	cast, err := demo.Load()
	if err != nil {
		return err
	}
	known, ok := cast.Customer(c.Customer)
	if !ok {
		return fmt.Errorf("--customer %s is not in the demo's cast: use a number or a name of %s", c.Customer, customers(cast))
	}
	at, err := readCore(c.Data)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(s.ctx, 10*time.Second)
	defer cancel()
	ledger, err := sandboxbank.FetchLedger(ctx, at.URL, at.Token, known.ID, c.All)
	if err != nil {
		return fmt.Errorf("the sandbox bank of %s does not answer: see that `pingdui serve --demo` runs on this data folder (%w)", c.Data, err)
	}
	if c.JSON {
		return printJSON(s.out, ledger)
	}
	raw, err := json.MarshalIndent(ledger, "", "  ")
	if err != nil {
		return err
	}
	_, err = s.out.Write(append(raw, '\n'))
	return err
}

// customers lists the cast's customers for a remedy.
func customers(cast demo.Cast) string {
	names := make([]string, 0, len(cast.Customers))
	for _, c := range cast.Customers {
		names = append(names, c.ID+" "+c.Name.ZH)
	}
	return strings.Join(names, ", ")
}
