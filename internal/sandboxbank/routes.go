package sandboxbank

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/jackc/pgx/v5"
)

// bodyMost is the largest body taken, in bytes.
const bodyMost = 64 << 10

// request and response are huma's wrappers of a body.
type request[T any] struct{ Body T }

type actRequest[T any] struct {
	Key  string `header:"Idempotency-Key" required:"true" minLength:"8" maxLength:"100" doc:"The same key and body get the same answer, however often they are sent"`
	Body T
}

type response[T any] struct{ Body T }

// routes makes the whole HTTP surface. Every operation is POST
// /v1/<operation with "/" for ".">, except what asks about a key.
func (b *Bank) routes() http.Handler {
	mux := http.NewServeMux()
	b.businesses = map[string]business{}
	cfg := huma.DefaultConfig("Sandbox bank core", "1")
	cfg.Info.Description = "A small bank core. Refusals are status 422 with code, text and text_en; malformed requests are 400 and name the field. Amounts are decimal strings."
	cfg.DocsPath, cfg.SchemasPath, cfg.CreateHooks = "", "", nil
	cfg.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"service": {Type: "http", Scheme: "bearer"}}
	cfg.Security = []map[string][]string{{"service": {}}}
	cfg.Transformers = append(cfg.Transformers, func(_ huma.Context, _ string, v any) (any, error) {
		if problem, ok := v.(*huma.ErrorModel); ok && problem.Status == http.StatusUnprocessableEntity {
			problem.Status, problem.Title = http.StatusBadRequest, http.StatusText(http.StatusBadRequest)
		}
		return v, nil
	})
	api := humago.New(mux, cfg)

	for _, serve := range aspects() {
		serve(b, api)
	}
	huma.Register(api, b.operation("secure.key", http.MethodGet, "/v1/secure/key", "The key secrets are encrypted to"),
		func(ctx context.Context, _ *struct{}) (*response[SecureKey], error) {
			return answer(b.secureKey(ctx))(ctx, b, "secure.key")
		})
	type keyed struct {
		Key string `path:"key" minLength:"8" maxLength:"100"`
	}
	huma.Register(api, b.operation("operations.get", http.MethodGet, "/v1/operations/{key}", "What became of an idempotency key"),
		func(ctx context.Context, in *keyed) (*response[OperationState], error) {
			return answer(b.operationState(ctx, in.Key))(ctx, b, "operations.get")
		})
	huma.Register(api, b.operation("operations.cancel", http.MethodPost, "/v1/operations/{key}/cancel", "Make sure a key never acts from now on"),
		func(ctx context.Context, in *keyed) (*response[OperationState], error) {
			return answer(b.cancelOperation(ctx, in.Key))(ctx, b, "operations.cancel")
		})
	if b.cfg.Demo {
		b.demoRoutes(mux, api)
	}
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		if err := b.pool.Ping(r.Context()); err != nil {
			http.Error(w, "the bank's database does not answer", http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	h := clientErrors(mux)
	if b.cfg.Demo {
		h = b.withFaults(h)
	}
	return b.guard(h)
}

// coreRoutes serves accounts, step-ups, transfers and cards.
func (b *Bank) coreRoutes(api huma.API) {
	read(b, api, "accounts.list", "Every account of a customer", b.accountsList)
	read(b, api, "accounts.balance", "One account", b.accountsBalance)
	read(b, api, "transactions.list", "Bookings, newest first", b.transactionsList)
	read(b, api, "payees.find", "Who is meant by a name, an alias or a relation", b.payeesFind)
	read(b, api, "cards.list", "Every card of a customer", b.cardsList)
	read(b, api, "customer.profile", "Who the customer is, masked", b.customerProfile)
	read(b, api, "customer.facts", "What the customer may have come for", b.customerFacts)
	read(b, api, "transfer.quote", "What a transfer would cost and need", b.quote)
	read(b, api, "receipt.get", "The receipt of a transfer", b.receipt)
	read(b, api, "stepup.begin", "Begin a step-up bound to one operation", b.begin)
	read(b, api, "secure.submit", "Exchange a filled secure box for a one-use reference", b.secureSubmit)
	read(b, api, "ledger.list", "What really happened", func(ctx context.Context, in LedgerIn) (Ledger, error) {
		return b.Ledger(ctx, in.Customer, in.All)
	})
	change(b, api, business{
		operation: "bank.transfer", summary: "Transfer money", bound: []string{"account", "payee", "amount"}, subject: b.transferSubject,
	}, b.transfer)
	change(b, api, business{
		operation: "bank.card_loss", summary: "Report a card lost, stolen or captured", bound: []string{"card", "kind"}, subject: b.cardSubject("尾号%s的卡挂失"),
	}, b.cardLoss)
	change(b, api, business{
		operation: "bank.pin_reset", summary: "Set a card's PIN", level: "L3", bound: []string{"card"}, subject: b.cardSubject("重置尾号%s的卡的取款密码"),
		secrets: []SecureField{
			{Name: "new_pin", Label: "新取款密码", LabelEN: "New PIN", Digits: 6},
			{Name: "new_pin_again", Label: "再输一次新密码", LabelEN: "New PIN again", Digits: 6},
		},
	}, b.pinReset)
}

// demoRoutes serves what only a demonstration may show.
func (b *Bank) demoRoutes(mux *http.ServeMux, api huma.API) {
	mux.HandleFunc("GET /demo/events", b.serveEvents)
	huma.Register(api, b.operation("demo.fault", http.MethodPost, "/demo/faults", "Make the next requests fail"),
		func(_ context.Context, in *request[Fault]) (*struct{}, error) {
			if in.Body.Times == 0 {
				in.Body.Times = 1
			}
			b.faults.add(in.Body)
			return nil, nil
		})
	huma.Register(api, b.operation("demo.clear", http.MethodDelete, "/demo/faults", "Forget every fault"),
		func(context.Context, *struct{}) (*struct{}, error) {
			b.faults.clear()
			return nil, nil
		})
	huma.Register(api, b.operation("demo.audit", http.MethodGet, "/demo/audit", "Check the whole ledger"),
		func(ctx context.Context, _ *struct{}) (*response[Audit], error) {
			return answer(b.Audit(ctx))(ctx, b, "demo.audit")
		})
	huma.Register(api, b.operation("demo.secrets", http.MethodGet, "/demo/secrets", "The cast's payment passwords and PINs as seeded"),
		func(ctx context.Context, _ *struct{}) (*response[DemoSecrets], error) {
			return answer(demoSecrets())(ctx, b, "demo.secrets")
		})
}

// operation is what all operations have in common.
func (b *Bank) operation(id, method, path, summary string) huma.Operation {
	return huma.Operation{
		OperationID: id, Method: method, Path: path, Summary: summary, MaxBodyBytes: bodyMost, BodyReadTimeout: 5 * time.Second,
		Errors: []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusInternalServerError},
	}
}

func path(operation string) string { return "/v1/" + strings.ReplaceAll(operation, ".", "/") }

// refusing adds the refusal to an operation's documented answers.
func refusing(api huma.API, op huma.Operation) huma.Operation {
	op.Responses = map[string]*huma.Response{"422": {
		Description: "Refused",
		Content:     map[string]*huma.MediaType{"application/json": {Schema: huma.SchemaFromType(api.OpenAPI().Components.Schemas, refusalType())}},
	}}
	return op
}

func read[I, O any](b *Bank, api huma.API, operation, summary string, do func(context.Context, I) (O, error)) {
	op := refusing(api, b.operation(operation, http.MethodPost, path(operation), summary))
	huma.Register(api, op, func(ctx context.Context, in *request[I]) (*response[O], error) {
		return answer(do(ctx, in.Body))(ctx, b, operation)
	})
}

func change[I ofCustomer, O any](b *Bank, api huma.API, bs business, do bankAct[I, O]) {
	b.served(bs)
	op := refusing(api, b.operation(bs.operation, http.MethodPost, path(bs.operation), bs.summary))
	op.Errors = append(op.Errors, http.StatusConflict)
	if len(bs.bound) > 0 {
		op.Description = "A step-up for it binds " + strings.Join(bs.bound, ", ") + "."
	}
	huma.Register(api, op, func(ctx context.Context, in *actRequest[I]) (*response[O], error) {
		return answer(run(ctx, b, bs.operation, in.Body.customerNumber(), in.Key, in.Body, do))(ctx, b, bs.operation)
	})
}

// answer turns a result into huma's; an unexpected error is logged and told as a
// plain 500, so that nothing of the inside gets out.
func answer[O any](out O, err error) func(context.Context, *Bank, string) (*response[O], error) {
	return func(ctx context.Context, b *Bank, operation string) (*response[O], error) {
		if err == nil {
			return &response[O]{Body: out}, nil
		}
		var no *Refusal
		if errors.As(err, &no) {
			return nil, no
		}
		var known huma.StatusError
		if errors.As(err, &known) {
			return nil, known
		}
		if ctx.Err() != nil || errors.Is(err, pgx.ErrTxClosed) {
			return nil, huma.Error503ServiceUnavailable("the bank did not finish in time; ask by the key what became of it")
		}
		b.cfg.Log.ErrorContext(ctx, "a bank operation failed", "operation", operation, "error", err)
		return nil, huma.Error500InternalServerError("the bank failed; ask by the key what became of it")
	}
}

// guard checks the service token in constant time and sets the deadline. An act
// that has begun is finished even when its caller has gone.
func (b *Bank) guard(next http.Handler) http.Handler {
	want := sha256.Sum256([]byte("Bearer " + b.cfg.Token))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got := sha256.Sum256([]byte(r.Header.Get("Authorization")))
		if r.URL.Path != "/healthz" && subtle.ConstantTimeCompare(want[:], got[:]) != 1 {
			w.Header().Set("WWW-Authenticate", "Bearer")
			http.Error(w, "the service token is missing or wrong", http.StatusUnauthorized)
			return
		}
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if r.URL.Path == "/demo/events" {
			next.ServeHTTP(w, r)
			return
		}
		ctx := r.Context()
		if strings.HasPrefix(r.URL.Path, "/v1/bank/") {
			ctx = context.WithoutCancel(ctx)
		}
		ctx, cancel := context.WithTimeout(ctx, b.cfg.Deadline)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// clientErrors gives malformed requests status 400: 422 is the bank's no.
func clientErrors(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(&problemWriter{ResponseWriter: w}, r)
	})
}

type problemWriter struct{ http.ResponseWriter }

func (w *problemWriter) WriteHeader(status int) {
	if status == http.StatusUnprocessableEntity && strings.HasPrefix(w.Header().Get("Content-Type"), "application/problem") {
		status = http.StatusBadRequest
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *problemWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
