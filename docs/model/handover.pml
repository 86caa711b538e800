/* How one report is handed over: saved, sent, told, answered, undone.

   Each durable transaction is one atomic step. Whatever may go wrong may go wrong any number of
   times, until `healed`; from then on nothing does, and everything must come to rest.
   README.md says which step stands for which function, and what is left out. */

/* Bounds: check.py sets them. */
#ifndef NEWS
#define NEWS 2        /* messages to police: the alert, then an urgent update */
#endif
#ifndef STEPS
#define STEPS 1       /* of the ladder: each has a letter to people */
#endif
#ifndef ANSWERS
#define ANSWERS 1     /* acknowledgements, each of which may be undone */
#endif
#ifndef DISPATCHERS
#define DISPATCHERS 2
#endif
#ifndef ESCALATORS
#define ESCALATORS 1
#endif

#include "transactions.pml"

/* Processes. */

#define ANSWER(k) \
    :: atomic { obligation != ABSENT && !answer_heard[k] -> acknowledge(k); answer_heard[k] = 1 } \
    :: atomic { obligation != ABSENT && !answer_heard[k] && !healed -> acknowledge(k) } \
    :: atomic { answer[k] == STANDS -> undo(k) }

/* The desk reports and updates; officers answer; a mistaken answer is undone. An answer that is
   lost is asked for again, with the same key. */
proctype People() {
    byte other = 0;
end_people:
    do
    :: atomic { !heard -> save(); heard = 1 }
    :: atomic { !heard && !healed -> save() }             /* saved; the answer lost */
#ifdef PLANT_BELIEVES_EVERY_COMMIT
    :: atomic { !heard && !healed -> heard = 1 }          /* not saved, and nobody looked */
#endif
#if NEWS > 1
    :: atomic { obligation != ABSENT && delivery[1] == ABSENT -> queue(1) }
#endif
#if ANSWERS > 0
    ANSWER(0)
#endif
#if ANSWERS > 1
    ANSWER(1)
#endif
#ifdef PLANT_ANYBODY_DISCHARGES
    :: atomic { obligation == OPEN -> discharge(0) }      /* no name, or a machine's answer */
#endif
#ifdef PLANT_QUEUE_AFTER_COMMIT
    :: false ->
committed:
        atomic {
            if
            :: queue(0)
            :: !healed                                    /* killed between the two */
            fi;
            heard = 1
        }
#endif
    od
}

inline send() {
    if
    :: NEWS > 1 && d == 1 && !update_sent -> keeps(got[0] || straggling[0], in_order); update_sent = 1
    :: else
    fi
}

inline forget() {
    d = ALL; late = 0; came = 0;
    holds[me - 1] = 0; fresh[me - 1] = 0
}

/* One errand at a time; a process of the service runs many of these at once. */
proctype Dispatcher(byte me) {
    byte d = ALL, other = 0;
    unsigned came : 3;
    bit late = 0;
end_idle:
    atomic {
        if
        :: FREE(lane[0]) -> claim_lane(0)
        :: FREE(row[0]) -> claim_row(0)
#if NEWS > 1
        :: FREE(row[1]) -> claim_row(1)
#endif
#if STEPS > 0
        :: FREE(lane[1]) -> claim_lane(1)
        :: FREE(row[LETTERS]) -> claim_row(LETTERS)
#endif
#if STEPS > 1
        :: FREE(row[LETTERS + 1]) -> claim_row(LETTERS + 1)
#endif
#if STEPS > 2
        :: FREE(row[LETTERS + 2]) -> claim_row(LETTERS + 2)
#endif
#ifdef PLANT_LANE_NOT_LOCKED
        :: d == ALL && NEWS > 1 && delivery[1] == WAITING && !straggling[1] ->
            d = 1; holds[me - 1] = 4; fresh[me - 1] = 1   /* a delivery, whatever its lane does */
#endif
        fi;
        if :: d == ALL -> goto end_idle :: else fi
    }
claimed:
    atomic {
        if
        :: !healed -> forget(); goto end_idle             /* killed, or the claim's answer lost */
        :: send(); got[d] = 1; came = TAKEN
        :: !healed -> send(); got[d] = 1; came = UNREACHABLE
        :: !healed -> send(); came = UNREACHABLE
        :: !healed -> send(); came = REFUSED
        fi
    }
sent:
    atomic {
        if
        :: !healed -> forget(); goto end_idle             /* killed before it is noted */
        :: !healed -> note(); fresh[me - 1] = 0           /* noted, unknown whether: once more */
        :: note(); forget(); goto end_idle
        fi
    }
    goto sent
}

/* Sees that something is due; what it is, it decides in a transaction. */
proctype Escalator() {
    bit sees = 0;
    byte i = 0;
#ifdef PLANT_STEP_NOT_UNIQUE
    bit seen[STEPS];
#endif
end_escalator:
    do
    :: atomic { !sees && A_STEP_IS_DUE && counted -> sees = 1;
#ifdef PLANT_STEP_NOT_UNIQUE
        seen[0] = IS_DUE(0) && !told[0]
#endif
    }
    :: atomic { sees && !healed -> sees = 0 }             /* killed, or not saved */
    :: atomic { sees -> decide(); sees = 0 }
    od
}

#define ABANDONED(lease, what) (lease.live && holds[lease.token - 1] != what)
#ifdef PLANT_LEASE_FOR_EVER
#define RUNS_OUT(lease, what) false
#else
#define RUNS_OUT(lease, what) (lease.live && (!healed || ABANDONED(lease, what)))
#endif
#define LEASE_ENDS(lease, what) atomic { RUNS_OUT(lease, what) -> \
        if :: ABANDONED(lease, what) :: else -> fresh[lease.token - 1] = 0 fi; lease.live = 0 }

/* Time: leases run out, steps fall due, and the clock may be set back. */
proctype Time() {
end_time:
    do
    :: LEASE_ENDS(lane[0], 1)
    :: LEASE_ENDS(row[0], 3)
#if NEWS > 1
    :: LEASE_ENDS(row[1], 4)
#endif
#if STEPS > 0
    :: LEASE_ENDS(lane[1], 2)
    :: LEASE_ENDS(row[LETTERS], 3 + LETTERS)
    :: atomic { obligation != ABSENT && clock < STEPS -> clock++ }
    :: atomic { clock > 0 && !healed -> clock-- }
#endif
#if STEPS > 1
    :: LEASE_ENDS(row[LETTERS + 1], 4 + LETTERS)
#endif
#if STEPS > 2
    :: LEASE_ENDS(row[LETTERS + 2], 5 + LETTERS)
#endif
    od
}

proctype Healer() { healed = 1 }

#define OWED_AND_QUEUED (obligation == ABSENT || delivery[0] != ABSENT)
#define SAVED (obligation != ABSENT || !heard)
#define AN_ANSWER_STANDS (answer[0] == STANDS || (ANSWERS > 1 && answer[1] == STANDS))
#define REACHED(d, l) (delivery[d] != WAITING || (straggling[d] && row[d].there) || (!straggling[d] && lane[l].there))

#define SEES_OVERTAKING (delivery[1] == TAKEN && delivery[0] == WAITING)
#define SEES_A_STALE_HOLDER (holds[0] == 1 && holds[1] == 1)
#define SEES_ANSWERED_ANEW (answer[0] == UNDONE && answer[1] == STANDS && obligation == DISCHARGED)
#define SEES_OWED_AGAIN_AND_ALL_TOLD (answer[0] == UNDONE && obligation == OPEN && told[STEPS - 1])
#define SEES_REST (healed && delivery[0] == TAKEN && got[LETTERS] && !lane[0].there && !lane[1].there)

#ifdef WATCH
/* Between any two steps each of these holds. */
proctype Watch() {
end_watch:
    do
    :: atomic { !OWED_AND_QUEUED || !SAVED -> broken(nothing_is_lost) }
    :: atomic { obligation == DISCHARGED && !AN_ANSWER_STANDS -> broken(only_a_person_ends_it) }
    :: atomic { obligation == OPEN && AN_ANSWER_STANDS -> broken(an_answer_ends_it) }
    :: atomic { !REACHED(0, 0) || (NEWS > 1 && !REACHED(1, 0)) -> broken(all_is_within_reach) }
#if STEPS > 0
    :: atomic { !REACHED(LETTERS, 1) || !REACHED(ALL - 1, 1) -> broken(all_is_within_reach) }
    :: atomic { told[0] && delivery[LETTERS] == ABSENT -> broken(told_has_its_letter) }
    :: atomic { told[STEPS - 1] && delivery[ALL - 1] == ABSENT -> broken(told_has_its_letter) }
#endif
#ifdef SEES
    :: atomic { SEES -> broken(never_seen) }
#endif
    od
}
#endif

init {
    atomic {
        byte n = 1;
        run People();
        do :: n <= DISPATCHERS -> run Dispatcher(n); n++ :: else -> break od;
        n = 0;
        do :: n < ESCALATORS -> run Escalator(); n++ :: else -> break od;
        n = 0;
        run Time();
        run Healer();
#ifdef WATCH
        run Watch()
#endif
    }
}

/* What comes in the end; check.py asks for these with weak fairness, one by one. */
ltl alert_arrives { [] (obligation != ABSENT -> <> (delivery[0] == TAKEN)) }
#if NEWS > 1
ltl update_arrives { [] (delivery[1] == WAITING -> <> (delivery[1] == TAKEN)) }
#endif
#if STEPS > 0
ltl step_is_told { [] ((obligation == OPEN && clock >= STEPS) -> <> (told[STEPS - 1] || obligation == DISCHARGED)) }
ltl letter_arrives { [] (told[STEPS - 1] -> <> got[ALL - 1]) }
ltl somebody_acts_or_all_are_told { [] (obligation != ABSENT -> <> (obligation == DISCHARGED || told[STEPS - 1])) }
#endif
