// Package wall is what supervisors see of the desk: how the queues go, who is on
// duty, who talks to whom, and alarms with thresholds of their own.
//
// # What is counted
//
//   - 接通率 counts requests for a person whose wait began today, or in the last 30
//     minutes. Answered in time is the first acceptance by an agent within 20 s of
//     the beginning of the wait. The whole is those, who was answered later, who
//     took the request back or was sent away after more than 20 s, who still waits
//     after more than 20 s, and who was told that nobody is there. Who waits, or
//     went, within 20 s is not counted yet, nor at all; nor are call-backs, which
//     wait by appointment. A request counts for the queue that answered it first.
//   - All of it is counted from the rows of handoff, at each look. Nothing of it is
//     kept in memory: a node that starts shows the same numbers.
//   - An agent is silent while a customer waits for words: since the acceptance, or
//     since the first message of the customer after the agent's last one.
//
// # What holds
//
//   - An alarm is open once for one thing (a queue, a conversation). It ends when
//     its cause ends, and only then: having been seen does not end it.
//   - Nodes look one at a time; alarms are raised though nobody watches.
//   - What a page gets does not grow with the number of agents: counts are made by
//     the database, lists are pages.
package wall
