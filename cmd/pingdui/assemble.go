package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/handoff"
	"github.com/pingdui/pingdui/assistant/mind"
	"github.com/pingdui/pingdui/assistant/wall"
	channeldesk "github.com/pingdui/pingdui/channels/desk"
	"github.com/pingdui/pingdui/channels/rest"
	channelweb "github.com/pingdui/pingdui/channels/web"
	"github.com/pingdui/pingdui/internal/audit"
	"github.com/pingdui/pingdui/internal/auth"
	"github.com/pingdui/pingdui/internal/bank"
	"github.com/pingdui/pingdui/internal/bus"
	"github.com/pingdui/pingdui/internal/capture"
	"github.com/pingdui/pingdui/internal/config"
	"github.com/pingdui/pingdui/internal/demo"
	"github.com/pingdui/pingdui/internal/httpapi"
	"github.com/pingdui/pingdui/internal/httpapi/console"
	"github.com/pingdui/pingdui/internal/httpapi/supervisor"
	"github.com/pingdui/pingdui/internal/mask"
	"github.com/pingdui/pingdui/internal/release"
	"github.com/pingdui/pingdui/internal/remote"
	"github.com/pingdui/pingdui/internal/replay"
	"github.com/pingdui/pingdui/internal/vault"
	"github.com/pingdui/pingdui/internal/wire"
	"github.com/pingdui/pingdui/knowledge"
)

// program is what assemble made: a handler, parts that run, and how they end.
type program struct {
	handler http.Handler
	parts   []func(context.Context) error
	// stopping is called first when the program ends, closing last, each in
	// reverse order of their making.
	stopping, closing []func()
}

func (p *program) run(part func(context.Context) error) { p.parts = append(p.parts, part) }

func (p *program) stopTaking() { backwards(p.stopping) }
func (p *program) close()      { backwards(p.closing) }

func backwards(list []func()) {
	for i := len(list) - 1; i >= 0; i-- {
		list[i]()
	}
}

// firstEmployee greets whoever comes.
const firstEmployee = "xiaoan"

// staffEmployee serves members of staff in a conversation of their own.
const staffEmployee = "xiaoban"

// rooms is everything that was plugged together, for the files beside this one.
type rooms struct {
	config config.Config
	db     *database
	log    *slog.Logger
	queues map[string]handoff.Queue // nil: the shipped ones
	zone   *time.Location
	node   string
	keeper *auth.Keeper
	tokens []byte // what the keeper signs with
	bus    *bus.Bus
	bank   bankPort
	mind   *mind.Mind
	engine *assistant.Engine
	web    *channelweb.Server
	api    *httpapi.API
	cast   demo.Cast
	core   core // where the bank's core is reached
	desk   *handoff.Desk
	wall   *wall.Wall
	staff  *channeldesk.Server
	caller *demo.Caller
	remote *remote.Service
	replay *replay.Room
	// captures keeps what customers photograph.
	captures *capture.Room
	// agentSwitch turns the scripted agent on and off.
	agentSwitch chan bool
	knowledge   *knowledge.Base
	releases    *release.Service
	generator   *knowledge.Generator // nil without a model
	audit       *audit.Log
	// origins may use the customer's API beside the program's own.
	origins []string
}

// assemble is the only place that knows every room: it plugs each into the next.
func assemble(ctx context.Context, c config.Config, db *database, addr string, log *slog.Logger, step func(string)) (_ *program, err error) {
	httpapi.UseProblems()
	p := &program{}
	defer func() {
		if err != nil {
			p.close()
		}
	}()
	r := &rooms{config: c, db: db, log: log, node: uuid.Must(uuid.NewV7()).String(), mind: &mind.Mind{}, agentSwitch: make(chan bool)}
	r.origins = append(r.origins, c.Origins...)
	if sample := sampleBankAddr(c, addr); sample != "" {
		r.origins = append(r.origins, "http://"+sample)
	}
	if r.zone, err = time.LoadLocation(c.Zone); err != nil {
		return nil, err
	}
	if r.cast, err = demo.Load(); err != nil {
		return nil, err
	}
	r.mind.Colleague = r.colleague
	if r.tokens, err = auth.Secret(ctx, db.pool, "tokens"); err != nil {
		return nil, err
	}
	r.keeper = auth.New(r.tokens, db.pool, time.Now)
	master, err := vault.LoadMaster(c.MasterKey, c.Data)
	if err != nil {
		return nil, err
	}
	if err := r.openBus(ctx, p); err != nil {
		return nil, err
	}
	step("示例银行核心 / bank core")
	if err := r.openBank(ctx, p); err != nil {
		return nil, err
	}
	step("内容与意图 / content and intents")
	if err := r.loadContent(ctx, p); err != nil {
		return nil, err
	}
	if r.queues, err = queuesFrom(c.Queues); err != nil {
		return nil, err
	}
	r.engine, err = assistant.New(assistant.Config{
		Pool: db.pool, Master: master, Mind: r.mind, Bank: r.bank, Bus: r.bus, Log: log, Search: search{r},
		Mask: maskSecrets, MaskRow: mask.Text, Needs: mind.Needs, Audience: r.audience, Draft: r.draft, AgentsOn: func() bool { return r.desk.OnDuty() },
		Hours:   handoff.QueueHours(r.queues),
		Watched: r.watched, Recalled: func(hash string) bool { return slices.Contains(r.mind.Recalled(), hash) },
		Zone: r.zone, Node: r.node, HTTPAddr: addr, ClusterAddr: r.bus.ClusterAddr(), MovableClock: c.Demo,
	})
	if err != nil {
		return nil, err
	}
	p.run(r.engine.Run)
	if err := r.onHint(p, assistant.HintSubject, r.engine.Hub().Deliver); err != nil {
		return nil, err
	}
	if err := r.openMedia(ctx, p, master); err != nil {
		return nil, err
	}
	if err := r.openReplay(p, master); err != nil {
		return nil, err
	}
	r.openCaptures(p)
	mux := http.NewServeMux()
	r.api = httpapi.New(mux, r.keeper)
	r.web = channelweb.New(channelweb.Config{
		Engine: r.engine, Keeper: r.keeper, Log: log, Origins: r.origins, Employees: r.employees("customer"), First: firstEmployee,
		Staff: &channelweb.Staff{First: staffEmployee, Employees: r.employees("staff")},
		Agent: r.agentCard, Release: r.mind.Release, Node: r.node, Clock: time.Now, Signal: r.remote.CustomerSignal, Session: r.remote.Session,
		Needs: needKinds(), Slots: r.slots, Dated: c.Demo,
	})
	p.stopping = append(p.stopping, r.web.Close)
	if err := r.openModel(p); err != nil {
		return nil, err
	}
	mux.Handle("GET /api/v1/socket", r.web)
	if err := r.openDesk(p, mux); err != nil {
		return nil, err
	}
	register(r.api, r)
	ready := httpapi.NewReady(log)
	ready.Add("database", "数据库没有应答：请看数据库是否在运行、database_url 是否正确，原因在日志里 / the database does not answer: see whether it runs and database_url is right; the cause is in the log", db.pool.Ping)
	ready.Add("bus", "节点之间的总线断开了：消息不会丢，提示会晚到，请检查 nats_url 或 cluster_addr / the bus is not connected: nothing is lost, hints are late; check nats_url or cluster_addr", func(context.Context) error {
		if !r.bus.Connected() {
			return errors.New("not connected")
		}
		return nil
	})
	ready.Add("content", "还没有装好任何发布：请等启动完成，或到运营台发布 / no release is loaded: wait for the start to finish, or publish one in the console", func(context.Context) error {
		if r.mind.Current() == nil {
			return mind.ErrNotLoaded
		}
		return nil
	})
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") })
	mux.Handle("GET /readyz", ready)
	static, err := pages()
	if err != nil {
		return nil, err
	}
	mux.Handle("/", static)
	p.handler = r.allowOrigins(mux)
	if err := r.openSampleBank(ctx, p, addr); err != nil {
		return nil, err
	}
	return p, nil
}

// register adds every route. It is also how the OpenAPI document is made, with
// rooms that have nothing in them: registering must not use them.
func register(api *httpapi.API, r *rooms) {
	rest.Register(api, rest.Config{
		Engine: r.engine, Keeper: r.keeper, Bank: r.bank, Log: r.log, App: r.app(), First: firstEmployee, Trace: r.trace, Source: r.source,
	})
	registerDemo(api, r)
	registerPlay(api, r)
	registerEvidence(api, r)
	registerCaptures(api, r)
	supervisor.Register(api, supervisor.Config{Wall: r.wall, Name: func(id string) string { return r.colleague(id, "zh") }})
	console.Register(api, console.Config{
		Releases: r.releases, Knowledge: r.knowledge, Audit: r.audit, Try: tryer{r}, Misses: r.misses, Runs: r.engine, Clock: time.Now, Zone: r.zone,
		Understand: func(text string, at time.Time) dialogue.Understanding { return r.mind.Understand(text, at, nil) },
	})
}

func (r *rooms) openBus(ctx context.Context, p *program) error {
	secret, err := auth.Secret(ctx, r.db.pool, "cluster")
	if err != nil {
		return err
	}
	rows, err := r.db.pool.Query(ctx, "SELECT cluster_addr FROM node WHERE beat_at > clock_timestamp() - interval '3 seconds'")
	if err != nil {
		return fmt.Errorf("find the other nodes: %w", err)
	}
	var routes []string
	for rows.Next() {
		var route string
		if err := rows.Scan(&route); err != nil {
			return fmt.Errorf("find the other nodes: %w", err)
		}
		routes = append(routes, route)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("find the other nodes: %w", err)
	}
	r.bus, err = bus.Open(bus.Config{URL: r.config.NATSURL, Name: r.node, ClusterAddr: r.config.ClusterAddr, Secret: hex.EncodeToString(secret), Routes: routes})
	if err != nil {
		return err
	}
	p.closing = append(p.closing, r.bus.Close)
	p.run(r.meetNodes)
	return nil
}

const meetEvery = 2 * time.Second

// meetNodes joins the buses of nodes that came later, and keeps house.
func (r *rooms) meetNodes(ctx context.Context) error {
	ticker := time.NewTicker(meetEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		nodes, err := r.engine.Nodes(ctx)
		if err != nil {
			continue // the heartbeat has logged it
		}
		var addrs []string
		for _, n := range nodes {
			if n.Alive && n.ID != r.node {
				addrs = append(addrs, n.ClusterAddr)
			}
		}
		if err := r.bus.Join(addrs); err != nil {
			r.log.Warn("other nodes could not be joined; their hints are late", "error", err)
		}
		if err := r.keeper.Tidy(ctx); err != nil && ctx.Err() == nil {
			r.log.Warn("used tickets were not tidied", "error", err)
		}
	}
}

// maskSecrets replaces what must never be stored and says whether there was any.
func maskSecrets(text string) (string, bool) {
	masked, found := mask.Secrets(text)
	return masked, len(found) > 0
}

// employees lists who serves customers, or staff, as the current release says.
func (r *rooms) employees(serves string) func(locale, edition string) []wire.Employee {
	return func(locale, edition string) []wire.Employee { return r.whoServe(serves, locale, edition) }
}

func (r *rooms) whoServe(serves, locale, edition string) []wire.Employee {
	out := []wire.Employee{}
	l := r.mind.Current()
	if l == nil {
		return out
	}
	for _, id := range sortedEmployees(l.Set) {
		e := l.Set.Employees[id]
		if e.Serves != serves {
			continue
		}
		hue, _ := e.Hue.(string)
		out = append(out, wire.Employee{
			ID: id, Name: e.Name.Pick(locale, edition), Job: e.Job.Pick(locale, edition),
			Greeting: e.Greeting.Pick(locale, edition), Hue: hue, OnDuty: !slices.Contains(r.mind.OffDuty(), id),
		})
	}
	return out
}

// needKinds are the kinds of facts the bank's core tells (customer.facts), which
// a customer may switch off.
func needKinds() []string {
	return []string{"account_limited", "bill_due", "card_locked", "card_lost", "deposit_maturing", "id_expired", "transfer_failed", "unknown_debit"}
}

// slots are the names of a flow's slots in the release in use.
func (r *rooms) slots(flowID string) []string {
	l := r.mind.Current()
	if l == nil {
		return nil
	}
	f := l.Set.Flow(flowID)
	if f == nil {
		return nil
	}
	var names []string
	for _, s := range f.Slots {
		names = append(names, s.Name)
	}
	return names
}

// misses lists the questions that found no answer.
func (r *rooms) misses(ctx context.Context, since time.Time) ([]assistant.Miss, error) {
	return r.engine.Misses(ctx, since)
}

// colleague names a member of staff for another one: name and number.
func (r *rooms) colleague(id, locale string) string {
	s, ok := r.cast.Member(id)
	if !ok {
		return id
	}
	if locale == "en" {
		return s.Name.EN + " (" + id + ")"
	}
	return s.Name.ZH + "（" + id + "）"
}

func (r *rooms) agentCard(id string) *wire.Agent {
	s, ok := r.cast.Member(id)
	if !ok {
		return &wire.Agent{Name: id}
	}
	return &wire.Agent{Name: s.Name.ZH, Number: s.Number, Certificate: s.Certificate.Name, Hue: s.Hue}
}

// trace tells what a turn did; it is served in the demo only.
func (r *rooms) trace(ctx context.Context, subject string, conversation uuid.UUID, turn int64) (*wire.Trace, error) {
	if !r.config.Demo {
		return nil, assistant.ErrNotFound
	}
	record, err := r.engine.TurnRecord(ctx, subject, conversation, turn)
	if err != nil {
		return nil, err
	}
	actions, err := r.engine.Actions(ctx, subject, conversation)
	if err != nil {
		return nil, err
	}
	return traceOf(record, actions), nil
}

// core is where the bank's core is reached.
type core struct {
	URL   string `json:"url"`
	Token string `json:"token"`
}

func (r *rooms) connectBank() error {
	client, err := bank.New(bank.Config{URL: r.core.URL, Token: r.core.Token})
	if err != nil {
		return err
	}
	r.bank = bankPort{client}
	return nil
}

type openapiCommand struct{}

// Run prints the document.
func (openapiCommand) Run(s *session) error {
	httpapi.UseProblems()
	api := httpapi.New(http.NewServeMux(), nil)
	register(api, &rooms{})
	raw, err := json.MarshalIndent(api.Huma.OpenAPI(), "", "  ")
	if err != nil {
		return err
	}
	_, err = s.out.Write(append(raw, '\n'))
	return err
}
