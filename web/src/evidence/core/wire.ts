import type { components } from "../../api/types.gen";

type Schemas = components["schemas"];

export type Opening = Schemas["Opening"];
export type Recording = Schemas["Recording"];
export type RecordingList = Schemas["RecordingList"];
export type Track = Schemas["RecordedTrack"];
export type Check = Schemas["Checked"];
export type Finding = Schemas["Finding"];
