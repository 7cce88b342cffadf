/*
 * The core of CoAgent (MTPO): three agents, two objects, crashes of the runtime. README.md says what is left out.
 *
 *   take notices ──▶ take back own later calls ──▶ call: latch ▶ unwind… ▶ execute ▶ rewind… ▶ recheck ──▶ finish
 *                                                          └──── crash: restore what is in doubt, rewind, recheck
 *
 * One d_step is one turn of the runtime's only writer, or one tool run. Each ends with check(): the invariants.
 * The names in #ifdef each break one rule; ./check shows that Spin finds every one of them.
 */
#include "state.pml"
#include "programs.pml"
#include "footprints.pml"
#include "notices.pml"
#include "plan.pml"
#include "invariants.pml"
#include "crash.pml"

#define IS_IDLE(a) (phase[a] == IDLE && !finished[a])
#define READY(a)   (IS_IDLE(a) && !AT_END(a) && !HEALING(a))

#ifdef NO_GATE
#define GATE(a) true
#else
#define GATE(a) (!HAS_OPEN(a))
#endif
#ifdef NO_IRREVERSIBLE_GATE
#define MAY_SEND(a) true
#else
#define MAY_SEND(a) (KIND(NEXT(a)) != SEND || LOWER_FINISHED(a))
#endif
#ifdef NO_FINISH_GATE
#define MAY_FINISH(a) (IS_IDLE(a) && QUIESCENT(a))
#else
#define MAY_FINISH(a) (IS_IDLE(a) && QUIESCENT(a) && LOWER_FINISHED(a))
#endif

#define MAY_READ(a)   (READY(a) && IS_READ(NEXT(a)))
#define MAY_WRITE(a)  (READY(a) && IS_WRITE(NEXT(a)) && GATE(a) && MAY_SEND(a))
#define MAY_UNDO(a)   (IS_IDLE(a) && HEALING(a) && st[TOP(a)] == APPLIED && FREE(TOP(a)))
#define SEES_LIVE(s)  (IN_PLACE(s) && FREE(s))
#define MAY_REWIND(a) (MAY_READ(a) && !IN_PLACE(NEXT(a)) && FREE(NEXT(a)))

proctype Agent(byte a) {
    do
    /* Notices come with the answer to a gated write, with a read, or while a finish is held. */
    :: d_step { IS_IDLE(a) && HAS_OPEN(a) -> take_notice(a); check() }

    /* A read in place or, without waiting for latches, from versions: a plan's end rechecks what it changed beneath. */
#ifdef NO_READ_LATCH            /* what a read saw is recorded later, and nothing is latched meanwhile */
    :: d_step { MAY_READ(a) && SEES_LIVE(NEXT(a)) -> p = NEXT(a); SAW(p, live); phase[a] = WAITING; check() }
    :: d_step { phase[a] == WAITING -> phase[a] = IDLE; pc[a]++; check() }
#else
    :: d_step { MAY_READ(a) ->
        p = NEXT(a);
        if :: SEES_LIVE(p) -> SAW(p, live) :: else -> prefix(p); SAW(p, val) fi;
        pc[a]++;
        check() }
#endif

    /* A plan: to take back the agent's last call, done on a premise that is gone; a write; a read in a rewind view. */
#if defined EARLY_L             /* L is computed when the call arrives, not when its latches are taken */
    :: d_step { MAY_WRITE(a) -> at[a] = NEXT(a); compute_later(a, at[a]); phase[a] = WAITING; check() }
    :: d_step { phase[a] == WAITING && FREE(at[a]) -> take_latches(a, at[a]); first_phase(a); check() }
    :: d_step { MAY_UNDO(a) || MAY_REWIND(a) -> begin_plan(a); check() }
#elif defined ONE_BY_ONE        /* latches are taken one after the other */
    :: d_step { MAY_WRITE(a) && latch[OBJ(NEXT(a))] == 0 ->
        latch[OBJ(NEXT(a))] = 1 << a; phase[a] = WAITING; check() }
    :: d_step { phase[a] == WAITING && (!NEEDS_BOTH(NEXT(a)) || latch[1 - OBJ(NEXT(a))] == 0) ->
        begin_plan(a); check() }
    :: d_step { MAY_UNDO(a) || MAY_REWIND(a) -> begin_plan(a); check() }
#else
    :: d_step { MAY_UNDO(a) || MAY_REWIND(a) || (MAY_WRITE(a) && FREE(NEXT(a))) -> begin_plan(a); check() }
#endif
    :: d_step { phase[a] != IDLE && phase[a] != WAITING -> step(a); check() }

    :: d_step { READY(a) && KIND(NEXT(a)) == ABORT -> gone[a] = 1; pc[a] = 0; drop_beyond(a); check() }
    :: d_step { MAY_FINISH(a) -> finished[a] = 1; check() }
    :: finished[a] -> break
    od
}

init {
    atomic {
        draw_programs();
        run Agent(0); run Agent(1); run Agent(2);
#if CRASHES > 0
        run Crash()
#endif
    }
}

/* Every run ends with all agents finished: no deadlock, no livelock, whatever the scheduler does. */
ltl ends { <> ALL_FINISHED }
