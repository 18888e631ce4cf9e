package assistant

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/internal/postgres"
	"github.com/pingdui/pingdui/internal/postgres/assistantdb"
	"github.com/pingdui/pingdui/internal/postgres/sqlfile"
	"github.com/pingdui/pingdui/internal/vault"
)

// errGuard: the conversation has moved on under us; nothing was written.
var errGuard = errors.New("the conversation has moved on")

// errDuplicate: the input's row stands already.
var errDuplicate = errors.New("the input stands already")

// conversation is the row with its state opened.
type conversation struct {
	id                uuid.UUID
	subject           string
	epoch, turn, last int64
	speaker, agent    string
	employee          string
	locale, edition   string
	device            string
	wakeAt            *time.Time
	updatedAt         time.Time
	mine              bool
	owner             string
	kept              kept
	key               vault.Key
	// facts and muted are read when the customer opens the conversation.
	facts json.RawMessage
	muted []string
}

// kept is the sealed state of a conversation.
type kept struct {
	Mind     json.RawMessage   `json:"mind,omitempty"`
	View     View              `json:"view"`
	Customer dialogue.Customer `json:"customer"`
	// Offered are the labels of the taps lately given out, so that a tap can be
	// shown as what it said.
	Offered []flow.Action `json:"offered,omitempty"`
	// Ahead moves the conversation's clock, for demos and tests of dated content.
	Ahead time.Duration `json:"ahead,omitempty"`
	// Place is where the customer last wrote from, as the channel saw it.
	Place string `json:"place,omitempty"`
	// Called is the demand for which a person was called: with it the call is off.
	Called string `json:"called,omitempty"`
	// Beside is true while the person who speaks stands beside the customer in what
	// they do with the digital employee (陪办): that one goes on serving.
	Beside bool `json:"beside,omitempty"`
	// Guest is a second agent who may speak beside the one who owns it.
	Guest string `json:"guest,omitempty"`
	// Slots and the like of the mind stay in Mind.
}

type store struct {
	pool   *pgxpool.Pool
	master vault.Master
	clock  func() time.Time
	sql    sqlfile.Queries
	dead   float64 // seconds
	mu     sync.Mutex
	keys   map[string]vault.Key
	owners map[uuid.UUID]string // conversation → subject, never changes
}

func newStore(pool *pgxpool.Pool, master vault.Master, clock func() time.Time, dead time.Duration) *store {
	return &store{
		pool: pool, master: master, clock: clock, sql: assistantdb.Queries(), dead: dead.Seconds(),
		keys: map[string]vault.Key{}, owners: map[uuid.UUID]string{},
	}
}

// cacheLimit bounds the caches of keys and subjects; they are dropped whole.
const cacheLimit = 100_000

// own checks that the subject owns the conversation.
func (s *store) own(ctx context.Context, subject string, id uuid.UUID) error {
	s.mu.Lock()
	known, ok := s.owners[id]
	s.mu.Unlock()
	if !ok {
		err := postgres.InTx(ctx, s.pool, postgres.AsEngine(), func(tx pgx.Tx) error {
			return tx.QueryRow(ctx, s.sql.Text("ConversationSubject"), id).Scan(&known)
		})
		if errors.Is(err, pgx.ErrNoRows) {
			return ErrNotFound
		}
		if err != nil {
			return errors.Join(ErrUnavailable, err)
		}
		s.mu.Lock()
		if len(s.owners) > cacheLimit {
			s.owners = map[uuid.UUID]string{}
		}
		s.owners[id] = known
		s.mu.Unlock()
	}
	if known != subject {
		return ErrNotFound // never says that it exists
	}
	return nil
}

// key opens a subject's data key, making the subject when it is new.
func (s *store) key(ctx context.Context, subject string) (vault.Key, error) {
	s.mu.Lock()
	key, ok := s.keys[subject]
	s.mu.Unlock()
	if ok {
		return key, nil
	}
	var wrapped []byte
	err := postgres.InTx(ctx, s.pool, postgres.AsSubject(subject), func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, s.sql.Text("SubjectKey"), subject).Scan(&wrapped)
		if !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		if _, err := tx.Exec(ctx, s.sql.Text("EnsureSubject"), subject, s.master.NewKey(subject), s.clock()); err != nil {
			return err
		}
		return tx.QueryRow(ctx, s.sql.Text("SubjectKey"), subject).Scan(&wrapped)
	})
	if err != nil {
		return vault.Key{}, fmt.Errorf("data key of %s: %w", subject, err)
	}
	key, err = s.master.Open(subject, wrapped)
	if err != nil {
		return vault.Key{}, err
	}
	s.mu.Lock()
	if len(s.keys) > cacheLimit {
		s.keys = map[string]vault.Key{}
	}
	s.keys[subject] = key
	s.mu.Unlock()
	return key, nil
}

func (s *store) open(ctx context.Context, subject, id, employee, locale, edition string) (uuid.UUID, error) {
	if _, err := s.key(ctx, subject); err != nil {
		return uuid.Nil, errors.Join(ErrUnavailable, err)
	}
	if id != "" && id != FreshConversation {
		wanted, err := uuid.Parse(id)
		if err != nil {
			return uuid.Nil, ErrNotFound
		}
		return wanted, s.own(ctx, subject, wanted)
	}
	var found uuid.UUID
	err := postgres.InTx(ctx, s.pool, postgres.AsSubject(subject), func(tx pgx.Tx) error {
		// Two devices that open at once must meet in one conversation.
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtext($1))", subject); err != nil {
			return err
		}
		if id != FreshConversation {
			err := tx.QueryRow(ctx, s.sql.Text("LatestConversation"), subject).Scan(&found)
			if !errors.Is(err, pgx.ErrNoRows) {
				return err
			}
		}
		var keptLocale, keptEdition string
		var muted []string
		if err := tx.QueryRow(ctx, s.sql.Text("SubjectPreferences"), subject).Scan(&keptLocale, &keptEdition, &muted); err != nil {
			return err
		}
		if locale == "" {
			locale = keptLocale
		}
		if edition == "" {
			edition = keptEdition
		}
		found = uuid.Must(uuid.NewV7())
		_, err := tx.Exec(ctx, s.sql.Text("CreateConversation"), found, subject, employee, locale, edition, s.clock())
		return err
	})
	if err != nil {
		return uuid.Nil, errors.Join(ErrUnavailable, err)
	}
	return found, nil
}

type conversationRow struct {
	ID                       uuid.UUID
	Subject, Owner           string
	Epoch, TurnSeq, LastSeq  int64
	Speaker, Agent, Employee string
	Locale, Edition, Device  string
	State                    []byte
	WakeAt                   *time.Time
	UpdatedAt                time.Time
	Mine                     bool
}

func (s *store) claim(ctx context.Context, node string, id uuid.UUID) (*conversation, error) {
	return s.load(ctx, "Claim", id, node, s.dead)
}

// read opens a conversation without claiming it.
func (s *store) read(ctx context.Context, id uuid.UUID) (*conversation, error) {
	return s.load(ctx, "ReadConversation", id)
}

func (s *store) load(ctx context.Context, query string, args ...any) (*conversation, error) {
	var row conversationRow
	err := postgres.InTx(ctx, s.pool, postgres.AsEngine(), func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, s.sql.Text(query), args...)
		if err != nil {
			return err
		}
		row, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[conversationRow])
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	key, err := s.key(ctx, row.Subject)
	if err != nil {
		return nil, err
	}
	c := &conversation{
		id: row.ID, subject: row.Subject, epoch: row.Epoch, turn: row.TurnSeq, last: row.LastSeq,
		speaker: row.Speaker, agent: row.Agent, employee: row.Employee, locale: row.Locale, edition: row.Edition,
		device: row.Device, wakeAt: row.WakeAt, updatedAt: row.UpdatedAt, mine: row.Mine, owner: row.Owner, key: key,
	}
	if len(row.State) > 0 {
		plain, err := key.Open(row.State, "state")
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(plain, &c.kept); err != nil {
			return nil, fmt.Errorf("state of conversation %s: %w", row.ID, err)
		}
	}
	return c, nil
}

// keep stores an input for its owner; false when the id stood already, or when
// limit inputs of the conversation wait (0: however many). What tells the two
// apart is find.
func (s *store) keep(ctx context.Context, c *conversation, in *stored, limit int) (bool, error) {
	var fresh bool
	err := postgres.InTx(ctx, s.pool, postgres.AsSubject(c.subject), func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, s.sql.Text("StoreInput"), c.id, in.id, c.subject, in.kind, in.hash[:], c.key.Seal(in.body, "input"), s.clock(), limit)
		fresh = tag.RowsAffected() == 1
		return err
	})
	if err != nil {
		return false, fmt.Errorf("store the input: %w", err)
	}
	in.durable = in.durable || fresh
	return fresh, nil
}

type inputRow struct {
	BodyHash                    []byte
	Answered, FirstSeq, LastSeq int64
}

// find reads what became of an id; nil when it isn't known.
func (s *store) find(ctx context.Context, subject string, id uuid.UUID, input string) (*inputRow, error) {
	var row inputRow
	err := postgres.InTx(ctx, s.pool, postgres.AsSubject(subject), func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, s.sql.Text("ReadInput"), id, input)
		if err != nil {
			return err
		}
		row, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[inputRow])
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil //nolint:nilnil // not known is an answer
	}
	if err != nil {
		return nil, fmt.Errorf("read the input: %w", err)
	}
	return &row, nil
}

func (s *store) receipt(ctx context.Context, subject string, id uuid.UUID, input string) (Receipt, error) {
	row, err := s.find(ctx, subject, id, input)
	if err != nil || row == nil {
		return Receipt{Conversation: id, ID: input}, err
	}
	return Receipt{Conversation: id, ID: input, Turn: row.Answered, FirstSeq: row.FirstSeq, LastSeq: row.LastSeq}, nil
}

type unansweredRow struct {
	ID, Kind       string
	BodyHash, Body []byte
	Attempts       int
}

func (s *store) unanswered(ctx context.Context, c *conversation) ([]stored, error) {
	var found []unansweredRow
	err := postgres.InTx(ctx, s.pool, postgres.AsSubject(c.subject), func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, s.sql.Text("Unanswered"), c.id)
		if err != nil {
			return err
		}
		found, err = pgx.CollectRows(rows, pgx.RowToStructByName[unansweredRow])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read unanswered inputs: %w", err)
	}
	out := make([]stored, 0, len(found))
	for _, row := range found {
		body, err := c.key.Open(row.Body, "input")
		if err != nil {
			return nil, err
		}
		in := stored{id: row.ID, kind: row.Kind, body: body, attempts: row.Attempts, durable: true}
		copy(in.hash[:], row.BodyHash)
		out = append(out, in)
	}
	return out, nil
}

// countAttempt notes one more try of a stored input and says how many there were.
func (s *store) countAttempt(ctx context.Context, c *conversation, input string) (int, error) {
	attempts := 0
	err := postgres.InTx(ctx, s.pool, postgres.AsSubject(c.subject), func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, s.sql.Text("CountAttempt"), c.id, input).Scan(&attempts)
		if errors.Is(err, pgx.ErrNoRows) {
			return errGuard // answered meanwhile
		}
		return err
	})
	return attempts, err
}

// bodyOfMessage is a message as sealed.
type bodyOfMessage struct {
	flow.Message
	Masked bool `json:"masked,omitempty"`
}

type messageRow struct {
	Seq, Turn               int64
	Input, Author, AuthorID string
	Body                    []byte
	CreatedAt               time.Time
}

func (s *store) messages(ctx context.Context, subject string, id uuid.UUID, after int64, limit int) ([]Message, error) {
	key, err := s.key(ctx, subject)
	if err != nil {
		return nil, err
	}
	var found []messageRow
	err = postgres.InTx(ctx, s.pool, postgres.AsSubject(subject), func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, s.sql.Text("MessagesAfter"), id, after, limit)
		if err != nil {
			return err
		}
		found, err = pgx.CollectRows(rows, pgx.RowToStructByName[messageRow])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read messages: %w", err)
	}
	out := make([]Message, 0, len(found))
	for _, row := range found {
		m, err := openMessage(key, row)
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

func openMessage(key vault.Key, row messageRow) (Message, error) {
	plain, err := key.Open(row.Body, "message")
	if err != nil {
		return Message{}, err
	}
	var body bodyOfMessage
	if err := json.Unmarshal(plain, &body); err != nil {
		return Message{}, fmt.Errorf("message %d: %w", row.Seq, err)
	}
	return Message{
		Seq: row.Seq, Turn: row.Turn, Input: row.Input, Author: row.Author, AuthorID: row.AuthorID, At: row.CreatedAt,
		Content: body.Message, Masked: body.Masked,
	}, nil
}

func (s *store) mutedNeeds(ctx context.Context, subject string) ([]string, error) {
	var locale, edition string
	var muted []string
	err := postgres.InTx(ctx, s.pool, postgres.AsSubject(subject), func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, s.sql.Text("SubjectPreferences"), subject).Scan(&locale, &edition, &muted)
	})
	if err != nil {
		return nil, fmt.Errorf("read the preferences: %w", err)
	}
	return muted, nil
}

// mute switches a kind of opening need off for a subject.
func (s *store) mute(ctx context.Context, subject, need string) error {
	return postgres.InTx(ctx, s.pool, postgres.AsSubject(subject), func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, s.sql.Text("MuteNeed"), subject, need)
		return err
	})
}

// interpret translates a driver's error at the door.
func interpret(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "23505" && (pg.ConstraintName == "input_pkey" || pg.ConstraintName == "turn_conversation_input_key") {
		return errDuplicate
	}
	return err
}

func (s *store) leave(ctx context.Context, node string) error {
	return postgres.InTx(ctx, s.pool, postgres.AsEngine(), func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, s.sql.Text("ReleaseAll"), node); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, s.sql.Text("ForgetNode"), node)
		return err
	})
}
