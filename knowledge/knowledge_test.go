package knowledge_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/pingdui/pingdui/assistant/scenes"
	"github.com/pingdui/pingdui/internal/postgres/postgrestest"
	"github.com/pingdui/pingdui/knowledge"
)

func shanghai(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		return time.FixedZone("CST", 8*3600)
	}
	return zone
}

func day(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation(time.DateOnly, s, shanghai(t))
	if err != nil {
		t.Fatal(err)
	}
	return at.Add(10 * time.Hour)
}

func open(t *testing.T, releases ...string) (*knowledge.Base, *pgxpool.Pool) {
	t.Helper()
	pool := postgrestest.New(t)
	for i, r := range releases {
		if _, err := pool.Exec(t.Context(), `INSERT INTO release (id, number, status, title, author, authors, content_hash, created_at)
			VALUES ($1, $2, 'draft', 'test', 'shipped', '{shipped}', repeat('0', 64), now())`, r, i+1); err != nil {
			t.Fatal(err)
		}
	}
	base, err := knowledge.New(knowledge.Config{Pool: pool, Clock: func() time.Time { return day(t, "2026-11-22") }, Zone: shanghai(t)})
	if err != nil {
		t.Fatal(err)
	}
	return base, pool
}

// shipped is a base with the shipped content, read by all subtests.
func shipped(t *testing.T) *knowledge.Base {
	t.Helper()
	base, _ := open(t, "r1")
	report, err := base.Index(context.Background(), "r1", scenes.FS)
	if err != nil {
		t.Fatalf("%v: %v", err, report.Problems)
	}
	t.Logf("%d articles, %d passages (%d new), %d tables in %.2f s", report.Articles, report.Passages, report.Fresh, report.Tables, report.Seconds)
	q := report.Quality
	t.Logf("left one out: %d questions, recall@1 %.3f, recall@3 %.3f, answered %.3f, wrong %.3f; %d lines without answer, rejected %.3f",
		q.Questions, q.First, q.Three, q.Answered, q.Wrong, q.None, q.Rejected)
	return base
}

func TestShipped(t *testing.T) {
	t.Parallel()
	base := shipped(t)
	customer := []string{"customer"}
	cases := []struct {
		name, text, on, edition, region, locale string
		audience                                []string
		article, in, notIn, via                 string
	}{
		{name: "a row by product and term", text: "三年定期多少", article: "deposits-term-rate", in: "年利率1.25%", notIn: "1.20", via: "table"},
		{name: "both values within a week of a change", text: "三年定期多少", on: "2026-11-25", article: "deposits-term-rate", in: "2026-11-30起：整存整取3年：年利率1.20%", via: "table"},
		{name: "the new value after it", text: "三年定期多少", on: "2026-12-01", article: "deposits-term-rate", in: "年利率1.20%", notIn: "1.25", via: "table"},
		{name: "the value of a year ago", text: "三年定期利率", on: "2025-12-01", in: "1.50%", via: "table"},
		{name: "another product", text: "大额存单三年多少利", article: "deposits-large-cd", in: "1.55%", via: "table"},
		{name: "English", text: "what is the three year fixed deposit rate", locale: "en", article: "deposits-term-rate", in: "1.25% a year", via: "table"},
		{name: "a fee by item and channel", text: "跨行转账柜台手续费多少", article: "transfers-fee", in: "0.03%", via: "table"},
		{name: "no row where another thing is asked", text: "三年的定期提前取利息损失多少", article: "deposits-early-withdraw", via: "search"},
		{name: "the dated version", text: "一天最多能转多少", on: "2026-03-01", article: "transfers-limit", in: "每天10万元"},
		{name: "today's version", text: "一天最多能转多少", article: "transfers-limit", in: "每天20万元"},
		{name: "elders' wording", text: "一天最多能转多少", edition: "elder", article: "transfers-limit", in: "开了长辈守护"},
		{name: "private banking", text: "大额存单多少起", audience: []string{"customer", "private"}, article: "deposits-large-cd", in: "私人银行客户另有专场"},
		{name: "a region", text: "转账要手续费吗", region: "四川", article: "transfers-fee", in: "四川省内网点"},
		{name: "an expired article is gone", text: "新春存款送什么礼品", article: "!deposits-newyear-promo"},
		{name: "and was there in its time", text: "新春存款送什么礼品", on: "2026-02-01", article: "deposits-newyear-promo"},
		{name: "homophones", text: "转帐手续费怎么算", article: "transfers-fee"},
		{name: "traditional characters", text: "轉帳要多久才到帳", article: "transfers-arrival"},
		{name: "staff", text: "客户申请提额怎么审", audience: []string{"staff", "customer"}, article: "staff-limit-review"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			q := knowledge.Query{Text: c.text, Locale: c.locale, Edition: c.edition, Region: c.region, Audience: customer, At: day(t, "2026-11-22")}
			if c.on != "" {
				q.At = day(t, c.on)
			}
			if c.audience != nil {
				q.Audience = c.audience
			}
			hits, err := base.Search(t.Context(), "r1", q)
			if err != nil || len(hits) == 0 {
				t.Fatalf("%d hits, %v", len(hits), err)
			}
			h := hits[0]
			if want, not := strings.CutPrefix(c.article, "!"); not == (h.Article == want) && c.article != "" {
				t.Errorf("article %s (%.2f), want %s", h.Article, h.Score, c.article)
			}
			if !strings.Contains(h.Text, c.in) || c.notIn != "" && strings.Contains(h.Row, c.notIn) {
				t.Errorf("text %q, want %q in it", h.Text, c.in)
			}
			if c.via != "" && h.Via != c.via {
				t.Errorf("via %s, want %s (%s)", h.Via, c.via, h.Row)
			}
			doc, err := base.Source(t.Context(), "r1", h.Passage, q)
			if err != nil || doc.Text == "" && len(doc.Rows) == 0 || doc.Origin == "" {
				t.Errorf("source: %+v, %v", doc, err)
			}
		})
	}
}

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

const canary = "内部口令 KANARIE-7731"

func article(id, audience, question, answer, more string) *fstest.MapFile {
	return file("id: " + id + "\ntitle: {zh: " + question + "}\ngroup: t\nowner: o\naudience: [" + audience + "]\nquestion: {zh: " + question +
		"}\nvalid: {from: 2026-01-01, until: \"\"}\nanswer: {zh: " + answer + "}\nsource: s\n" + more)
}

// What staff read is kept from customers whatever they ask, the exact words
// included, and can't be opened by its key either.
func TestStaffCanary(t *testing.T) {
	t.Parallel()
	base, _ := open(t, "r1")
	files := fstest.MapFS{
		"articles/t/secret.yaml": article("secret", "staff", "金库钥匙在哪里", canary, ""),
		"articles/t/public.yaml": article("public", "customer", "网点几点开门", "九点开门", "variants: [{audience: private, answer: {zh: 私享 "+canary+"}}]\n"),
	}
	if _, err := base.Index(t.Context(), "r1", files); err != nil {
		t.Fatal(err)
	}
	staff, err := base.Search(t.Context(), "r1", knowledge.Query{Text: "金库钥匙在哪里", Audience: []string{"staff"}, At: day(t, "2026-11-22")})
	if err != nil || len(staff) == 0 || !strings.Contains(staff[0].Text, canary) {
		t.Fatalf("staff: %v, %v", staff, err)
	}
	for _, audience := range [][]string{{"customer"}, nil, {""}} {
		for _, text := range []string{"金库钥匙在哪里", canary, "私享", "网点几点开门", "' OR 1=1 --", `\`, "'''", "&|!()"} {
			q := knowledge.Query{Text: text, Audience: audience, At: day(t, "2026-11-22"), Prefer: "secret", Limit: 20}
			hits, err := base.Search(t.Context(), "r1", q)
			if err != nil {
				t.Fatalf("%q: %v", text, err)
			}
			for _, h := range hits {
				if h.Article == "secret" || strings.Contains(h.Text, "KANARIE") {
					t.Errorf("%v read %q through %q", audience, h.Text, text)
				}
			}
		}
		if doc, err := base.Source(t.Context(), "r1", staff[0].Passage, knowledge.Query{Audience: audience}); err == nil {
			t.Errorf("%v opened %+v", audience, doc)
		}
	}
}

// Filters hold before ranking: where 3 of 100 articles may be read, three come,
// though the 97 others fit the question better.
func TestFiltersBeforeRanking(t *testing.T) {
	t.Parallel()
	base, _ := open(t, "r1")
	files := fstest.MapFS{}
	for i := range 100 {
		id := "a" + string(rune('a'+i/26)) + string(rune('a'+i%26))
		if i%33 == 1 {
			files["articles/t/"+id+".yaml"] = article(id, "vip", "别的事情"+id, "答案"+id, "")
		} else {
			files["articles/t/"+id+".yaml"] = article(id, "customer", "转账手续费多少"+id, "答案"+id, "")
		}
	}
	if _, err := base.Index(t.Context(), "r1", files); err != nil {
		t.Fatal(err)
	}
	hits, err := base.Search(t.Context(), "r1", knowledge.Query{Text: "转账手续费多少", Audience: []string{"vip"}, At: day(t, "2026-11-22"), Limit: 3})
	if err != nil || len(hits) != 3 {
		t.Fatalf("%d hits, %v", len(hits), err)
	}
}

// A release shares the passages of the one before.
func TestReindexShares(t *testing.T) {
	t.Parallel()
	base, pool := open(t, "r1", "r2")
	files := fstest.MapFS{"articles/t/a.yaml": article("a", "customer", "怎么开户", "带身份证", ""), "articles/t/b.yaml": article("b", "customer", "怎么销户", "带身份证和卡", "")}
	if _, err := base.Index(t.Context(), "r1", files); err != nil {
		t.Fatal(err)
	}
	files["articles/t/b.yaml"] = article("b", "customer", "怎么销户", "带身份证、卡和存折", "")
	report, err := base.Index(t.Context(), "r2", files)
	if err != nil || report.Fresh != 1 {
		t.Fatalf("%d new passages, %v", report.Fresh, err)
	}
	for release, want := range map[string]string{"r1": "带身份证和卡", "r2": "带身份证、卡和存折"} {
		hits, err := base.Search(t.Context(), release, knowledge.Query{Text: "怎么销户", Audience: []string{"customer"}, At: day(t, "2026-11-22")})
		if err != nil || hits[0].Text != want {
			t.Errorf("%s: %v, %v", release, hits, err)
		}
	}
	var n int
	if err := pool.QueryRow(t.Context(), "SELECT count(*) FROM passage").Scan(&n); err != nil || n != 5 {
		t.Errorf("%d passages, %v", n, err)
	}
	if _, err := base.Search(t.Context(), "r9", knowledge.Query{Text: "x", Audience: []string{"customer"}}); err == nil {
		t.Error("a release that is not indexed answered")
	}
}

// A broken article is named by file and line, and nothing is written.
func TestIndexProblems(t *testing.T) {
	t.Parallel()
	base, _ := open(t, "r1")
	report, err := base.Index(t.Context(), "r1", fstest.MapFS{
		"articles/t/a.yaml": file("id: a\ntitle: {zh: x}\nquestoin: {zh: y}\n"),
		"articles/t/b.yaml": article("b", "customer", "q", "a", "table: {name: none, key: k, values: [v]}\n"),
	})
	if err == nil || len(report.Problems) != 2 || report.Problems[0].Line != 3 || report.Problems[1].Line != 10 {
		t.Errorf("%v: %+v", err, report.Problems)
	}
}
