package flow

// Level is how surely the bank knows who speaks (capabilities D8).
type Level string

// The identity levels, lowest first; LevelE stands apart: it may only protect.
const (
	Level0 Level = "L0"
	Level1 Level = "L1"
	Level2 Level = "L2"
	Level3 Level = "L3"
	Level4 Level = "L4"
	LevelE Level = "E"
)

// Text is one sentence in every language and edition it is said in. Keys: zh,
// en, and zh-elder, en-elder where the elder edition words it differently.
type Text map[string]string
