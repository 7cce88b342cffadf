/* Sections 3, 4 and 6: a call, or the undo of one, as a plan of tool runs under latches. */

inline begin_plan(a) {
    undo[a] = HEALING(a);
    at[a] = (undo[a] -> TOP(a) : NEXT(a));
    happened[a] = 0;
    compute_later(a, at[a]);
    take_latches(a, at[a]);
    choose_beneath(a, at[a]);
    first_phase(a)
}

/* The next tool run of a plan, or the turn that ends it. */
inline step(a) {
    if
    :: phase[a] == UNWIND -> unwind_one(a)
    :: phase[a] == EXECUTE -> execute(a, at[a]); carry_on(a)
    :: phase[a] == REWIND -> replay_one(a); carry_on(a)
    :: phase[a] == RECHECK -> end_plan(a)
    :: phase[a] == RESTORE -> recover(a)
    fi
}

/* A blind write whose L is on its own object alone needs no unwinding: it overwrites what L left there. */
inline choose_beneath(a, s) {
    beneath[a] = 0;
#ifdef BENEATH
    #ifdef BENEATH_ANY
    beneath[a] = (IS_WRITE(s) && !undo[a] && later[a] != 0); k = 0;
#else
    beneath[a] = (IS_BLIND(s) && !undo[a] && later[a] != 0); k = 0;
#endif
    do
    :: k < SLOTS -> if :: IN(later[a], k) && KIND(k) == COPY -> beneath[a] = 0 :: else fi; k++
    :: else -> break
    od
#endif
}

inline first_phase(a) {
#ifdef NO_UNWIND
    later[a] = 0;
#endif
    if :: later[a] != 0 && !beneath[a] -> phase[a] = UNWIND :: else -> phase[a] = EXECUTE fi
}

/* The inverse of a call restores what was captured: it is idempotent. */
inline invert(s) {
    live[OBJ(s)] = before[s]
}

inline unwind_one(a) {
    find_later(a, APPLIED);
#ifdef ASCENDING_UNWIND
    last = first;
#endif
    INVARIANT(5, KIND(last) != SEND);
    invert(last); st[last] = UNWOUND;
#ifndef STALE_CAPTURE
    before[last] = 0;
#endif
    find_later(a, APPLIED);
    if :: !some -> phase[a] = EXECUTE :: else fi
}

/* Before a tool runs, what its inverse needs is captured. A write put beneath L takes over what L's lowest captured. */
inline capture(a, s) {
    if
    :: beneath[a] && s == at[a] ->
        find_later(a, APPLIED);
#ifdef BENEATH_NO_TAKEOVER
        before[s] = live[OBJ(s)];
#else
        before[s] = before[first];
#endif
        k = 0;
        do
        :: k < SLOTS -> if :: IN(later[a], k) -> st[k] = UNWOUND; before[k] = 0 :: else fi; k++
        :: else -> break
        od
    :: else -> before[s] = live[OBJ(s)]
    fi
}

inline issue_argument(s) {
    if
    :: KIND(s) == DERIVE || KIND(s) == SEND ->
        k = s - STEP(s); arg[s] = DERIVED(s, 0);
        do
        :: k < s -> if :: TELLS(k) -> arg[s] = DERIVED(s, told[k]) :: else fi; k++
        :: else -> break
        od
    :: else
    fi
}

inline execute(a, s) {
    if
    :: undo[a] -> INVARIANT(5, KIND(s) != SEND); invert(s); forget(s)
    :: !undo[a] && IS_READ(s) -> SAW(s, live)
    :: !undo[a] && IS_WRITE(s) && !WORKS(s, live) -> st[s] = FAILED; SAW(s, live)
    :: else ->
        INVARIANT(5, KIND(s) != SEND || LOWER_FINISHED(a));
        issue_argument(s);
        capture(a, s);
        if :: KIND(s) == FETCH -> SAW(s, live) :: else fi;
        live[OBJ(s)] = EFFECT(s, live);
        st[s] = APPLIED
    fi;
    happened[a] = 1
}

/* Replays the lowest unwound call. It may fail, and it may answer something else than its agent was told. */
inline replay_one(a) {
    find_later(a, UNWOUND);
    p = first;
    INVARIANT(3, RANK(p) > a);                          /* its owner is told when it is displaced or answers anew */
    if
    :: KIND(p) == ONCE || !WORKS(p, live) ->
#ifdef SILENT_DISPLACE
        forget(p)
#else
        st[p] = DISPLACED
#endif
    :: else ->
#ifndef STALE_CAPTURE
        before[p] = live[OBJ(p)];
#endif
        if :: KIND(p) == FETCH -> holds[p] = live[OBJ(p)] :: else fi;
        live[OBJ(p)] = EFFECT(p, live);
        st[p] = APPLIED
    fi
}

inline carry_on(a) {
    find_later(a, UNWOUND);
#ifdef NO_REWIND
    some = false;
#endif
    if :: some -> phase[a] = REWIND :: else -> phase[a] = RECHECK fi
}

/* Was a call of L displaced? Its owner may have been told, and have dropped it, already. */
inline find_displaced(a) {
    some = false; k = 0;
    do
    :: k < SLOTS -> if :: IN(later[a], k) && st[k] != APPLIED -> some = true :: else fi; k++
    :: else -> break
    od
}

/*
 * Tells the readers, releases the latches and answers the agent. A read, or a call that did not happen, has changed the
 * past where it displaced a write.
 */
inline end_plan(a) {
#ifndef NO_RECHECK
    find_displaced(a);
    if
    :: IS_READ(at[a]) && !some -> skip
#ifdef NO_READ_RECHECK
    :: IS_READ(at[a]) && some -> skip
#endif
#ifdef RECHECK_IF_HAPPENED
    :: !happened[a] -> skip
#endif
    :: else -> recheck(a)
    fi;
#endif
    release(a)
}

inline release(a) {
    latch[0] = latch[0] & ~(1 << a); latch[1] = latch[1] & ~(1 << a);
    if :: happened[a] && !undo[a] -> pc[a]++ :: else fi;
    phase[a] = IDLE; at[a] = 0; undo[a] = 0; happened[a] = 0; beneath[a] = 0; later[a] = 0; doubt[a] = 0
}
