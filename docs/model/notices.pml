/* Section 5: which reads are told, and what an agent does when it is told. */

/* What a call told its agent is recorded. */
#define SAW(s, V) told[s] = SEEN(s, V); holds[s] = told[s]

inline forget(s) {
    st[s] = NONE; told[s] = 0; holds[s] = 0; arg[s] = 0; before[s] = 0
}

/* The objects that the changed call and the replayed calls write, into writes. */
inline changed_objects(a) {
    writes[0] = false; writes[1] = false; writes[OBJ(at[a])] = true; k = 0;
#ifndef RECHECK_FIRST_ONLY
    do
    :: k < SLOTS -> if :: IN(later[a], k) -> writes[OBJ(k)] = true :: else fi; k++
    :: else -> break
    od
#endif
}

/* Every recorded read above that overlaps is read again at its own position. */
inline recheck(a) {
    changed_objects(a);
    val[0] = 0; val[1] = 0; k = 0;
#ifdef LATEST_VALUE
    prefix(SLOTS); k = 0;
#endif
    do
    :: k < SLOTS ->
        if
        :: RECORDED(k) && (writes[OBJ(k)] || (KIND(k) == SCAN && writes[1 - OBJ(k)])) -> tell(a, k)
        :: else
        fi;
#ifndef LATEST_VALUE
        if :: STANDS(k) -> val[OBJ(k)] = EFFECT(k, val) :: else fi;
#endif
        k++
    :: else -> break
    od
}

inline tell(a, s) {
    if
#ifdef TWO_WAY                  /* whoever read what is written is told: plain freshness guards */
    :: RANK(s) != a && KIND(s) == READ ->
#ifndef UNCHECKED
        INVARIANT(3, RANK(s) > a);
#endif
        holds[s] = UNKNOWN
#else
    :: s > at[a] && (holds[s] != SEEN(s, val) || KIND(s) == SEARCH) ->
        INVARIANT(3, RANK(s) > a);
#ifdef FIRST_WINS
        if :: holds[s] == told[s] -> holds[s] = SEEN(s, val) :: else fi
#else
#ifdef NO_WITHDRAWAL
        if :: told[s] != SEEN(s, val) -> holds[s] = SEEN(s, val) :: else fi
#else
        holds[s] = (KIND(s) == SEARCH -> UNKNOWN : SEEN(s, val))
#endif
#endif
#endif
    :: else
    fi
}

/* The agent takes the notice on its oldest stale call: it goes on from there, and forgets what it saw after it. */
inline take_notice(a) {
    n = 0;
    do
    :: OPEN(SLOT(a, n)) -> break
    :: else -> n++
    od;
    p = SLOT(a, n);
    if
    :: st[p] == DISPLACED || st[p] == FAILED || holds[p] == UNKNOWN -> forget(p); pc[a] = n
    :: else -> told[p] = holds[p]; pc[a] = n + 1
    fi;
#ifdef NO_REPAIR
    pc[a] = n + 1;
    do
    :: pc[a] < STEPS && (STANDS(NEXT(a)) || op[NEXT(a)] == X(READ) || op[NEXT(a)] == Y(READ)) -> pc[a]++
    :: else -> break
    od
#else
    drop_beyond(a)
#endif
}

inline drop_beyond(a) {
    n = pc[a];
    do
    :: n < STEPS -> if :: !STANDS(SLOT(a, n)) -> forget(SLOT(a, n)) :: else fi; n++
    :: else -> break
    od
}
