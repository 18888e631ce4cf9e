package console

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/internal/httpapi"
	"github.com/pingdui/pingdui/internal/zh"
)

// missDays is how far back the list of unanswered questions looks.
const missDays = 7

// MissRow is a question that found nothing, asked once or more in nearly the
// same words. The words are masked copies.
type MissRow struct {
	Text     string    `json:"text" doc:"as it was asked last"`
	Others   []string  `json:"others" nullable:"false" doc:"other wordings of it, at most five"`
	Count    int       `json:"count"`
	Staff    int       `json:"staff" doc:"how many of them were asked by staff"`
	Locale   string    `json:"locale" enum:"zh,en"`
	LastSeen time.Time `json:"last_seen"`
	// Article is one that holds the question by now, as a draft or published.
	Article string `json:"article,omitempty"`
}

// MissList is what nothing answered, most asked first.
type MissList struct {
	Days   int       `json:"days"`
	Open   int       `json:"open" doc:"how many stand in no article yet"`
	Misses []MissRow `json:"misses" nullable:"false"`
}

func (s *Console) missRoutes(a *httpapi.API) {
	httpapi.Route(a, staff(), op(http.MethodGet, "/misses", "misses", "Questions nothing answered in seven days"), func(ctx context.Context, _ *struct{}) (*body[MissList], error) {
		return out(s.misses(ctx))
	})
}

func (s *Console) misses(ctx context.Context) (MissList, error) {
	v := MissList{Days: missDays, Misses: []MissRow{}}
	if s.Misses == nil {
		return v, nil
	}
	b, err := s.work.now(ctx)
	if err != nil {
		return v, err
	}
	found, err := s.Misses(ctx, s.Clock().AddDate(0, 0, -missDays))
	if err != nil {
		return v, err
	}
	v.Misses = grouped(found, b.asked())
	for _, m := range v.Misses {
		if m.Article == "" {
			v.Open++
		}
	}
	return v, nil
}

// maxMisses bounds the list.
const maxMisses = 200

// grouped puts questions together that say nearly the same; known are the
// questions that articles hold, by their key.
func grouped(found []assistant.Miss, known map[string]string) []MissRow {
	at := map[string]int{}
	rows := []MissRow{}
	norm := zh.New()
	for _, m := range found { // newest first
		key := questionKey(norm, m.Text)
		if key == "" {
			continue
		}
		i, ok := at[key]
		if !ok {
			i = len(rows)
			at[key] = i
			rows = append(rows, MissRow{Text: m.Text, Others: []string{}, Locale: cmp.Or(m.Locale, "zh"), LastSeen: m.At, Article: known[key]})
		}
		r := &rows[i]
		r.Count++
		if m.Staff {
			r.Staff++
		}
		if m.Text != r.Text && len(r.Others) < 5 && !slices.Contains(r.Others, m.Text) {
			r.Others = append(r.Others, m.Text)
		}
	}
	slices.SortStableFunc(rows, func(a, b MissRow) int { return cmp.Or(cmp.Compare(b.Count, a.Count), b.LastSeen.Compare(a.LastSeen)) })
	return rows[:min(maxMisses, len(rows))]
}

// questionKey is what two wordings of one question share: without signs, blanks
// and the words that only make them polite or spoken.
func questionKey(norm *zh.Normalizer, text string) string {
	folded := strings.NewReplacer("请问", "", "你好", "", "您好", "", "一下", "", "啊", "", "呀", "", "呢", "", "吗", "", "嘛", "", "吧", "", "了", "", "的", "", "您", "你", "please", "").Replace(norm.Fold(text))
	return strings.Join(strings.FieldsFunc(folded, func(r rune) bool {
		return strings.ContainsRune(" \t\r\n，。！？、；：,.!?;:\"'“”‘’()（）…~-", r)
	}), "")
}

// asked is every question of every article as it stands, by key.
func (b *bench) asked() map[string]string {
	out := map[string]string{}
	norm := zh.New()
	for id, it := range b.articles {
		for _, q := range it.article.Question {
			out[questionKey(norm, q)] = id
		}
		for _, list := range it.article.Similar {
			for _, q := range list {
				out[questionKey(norm, q)] = id
			}
		}
	}
	return out
}
