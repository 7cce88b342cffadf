/* The invariants of section 8, after every step. An object that is latched may have a reorder in flight. */

#define LATCHED(s) (latch[OBJ(s)] != 0 || (BOTH(s) && latch[1 - OBJ(s)] != 0))

inline check() {
    val[0] = 0; val[1] = 0; q = 0;
    do
    :: q < SLOTS ->
        if
        :: (RECORDED(q) || (KIND(q) == FETCH && st[q] == APPLIED)) && !LATCHED(q) ->
            INVARIANT(2, holds[q] == SEEN(q, val) || holds[q] == UNKNOWN)       /* told, or told by an open notice */
        :: else
        fi;
        if
        :: IS_WRITE(q) && STEP(q) < pc[RANK(q)] ->
            INVARIANT(6, st[q] != NONE && (st[q] != UNWOUND || latch[OBJ(q)] != 0))
        :: else
        fi;
        if
        :: st[q] == APPLIED ->
#ifdef CAPTURES                 /* a version view answers from these; off where a broken rule is to show in the world */
            INVARIANT(1, LATCHED(q) || before[q] == val[OBJ(q)]);
#endif
            val[OBJ(q)] = EFFECT(q, val)
        :: else
        fi;
        q++
    :: else -> break
    od;
    INVARIANT(1, (latch[0] != 0 || live[0] == val[0]) && (latch[1] != 0 || live[1] == val[1]));
    if
    :: ALL_FINISHED || (QUIESCENT(0) && QUIESCENT(1) && QUIESCENT(2)) ->
        run_serially();
        INVARIANT(7, live[0] == val[0] && live[1] == val[1])
    :: else
    fi
}

/* The programs one after the other in rank order, into val. */
inline run_serially() {
    val[0] = 0; val[1] = 0; q = 0; o = 0;
    do
    :: q < SLOTS ->
        if :: STEP(q) == 0 -> o = 0 :: else fi;                                 /* what the agent was last told */
        if
        :: op[q] != 0 && !gone[RANK(q)] ->
            n = (TELLS(q) -> SEEN(q, val) : o);
            if
            :: IS_WRITE(q) && WORKS(q, val) ->
                val[OBJ(q)] = (KIND(q) == DERIVE || KIND(q) == SEND -> DERIVED(q, o) : EFFECT(q, val))
            :: else
            fi;
            o = n
        :: else
        fi;
        q++
    :: else -> break
    od
}
