using System.Collections.Immutable;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Tests.Plays;

/// <summary>
/// An agent that follows a script and repairs itself: when something that it heard is not so any more, it keeps what it
/// would do again, takes back what it would not, and makes what is missing.
/// </summary>
/// <remarks>
/// It decides by going through its script from the start with what it knows now. A blind write that is to leave
/// something else is made again over the old one; any other one is taken back first.
/// </remarks>
internal sealed partial class HealingAgent
{
    private const long IdStride = 1_000_000;

    private readonly AgentScript _script;
    private readonly TextWorld _world;
    private readonly List<Deed> _deeds = [];
    private readonly List<CallId> _lost = [];
    private long _lastId;
    private Intention? _open;
    private Intention? _next;

    public HealingAgent(int index, AgentScript script, TextWorld world)
    {
        Index = index;
        _script = script;
        _world = world;
    }

    /// <summary>Its number, counted from 0: its rank is one more.</summary>
    public int Index { get; }

    public TransactionId Transaction { get; private set; }

    /// <summary>Whether it has finished or aborted.</summary>
    public bool IsDone { get; private set; }

    /// <summary>What it was last told of its calls, in the script's order; nothing after an abort.</summary>
    public ImmutableArray<string> Answers { get; private set; } = [];

    /// <summary>What its first call was answered at first; null before.</summary>
    public string? FirstAnswer { get; private set; }

    /// <summary>What it has done so far.</summary>
    public AgentCounts Counts { get; } = new();

    /// <summary>Whether it has something to do.</summary>
    public bool HasMove => _next is not null;

    /// <summary>Whether all that it has to do is to say that it is done.</summary>
    public bool IsAboutToFinish => _next is Intention.Finish;

    /// <summary>Whether it has said that it is done and waits.</summary>
    public bool IsFinishing => _open is Intention.Finish;

    public static int OwnerOf(CallId call) => (int)(call.Number / IdStride);

    public static int OwnerOf(RequestId request) => (int)(request.Number / IdStride);

    /// <summary>Does the next thing.</summary>
    public Input Act()
    {
        var number = (Index * IdStride) + ++_lastId;
        var request = new RequestId(number);
        (_open, _next) = (_next, null);
        switch (_open)
        {
            case Intention.Make(var move, _):
                Counts.CallCount++;
                Counts.WriteCount += move.IsRead ? 0 : 1;
                _world.Know(new CallId(number), move);
                return new Input.Propose(new CallId(number), Transaction, move.Declaration);
            case Intention.TakeBack(var calls, _):
                Counts.TakenBackCount += calls.Length;
                return new Input.Undo(request, Transaction, calls);
            case Intention.Abort:
                return new Input.Abort(request, Transaction);
            case Intention.Finish:
                return new Input.Finish(request, Transaction, Wait: true);
            default:
                throw new PlayException($"rank {Index + 1} has nothing to do");
        }
    }

    /// <summary>Decides what to do next from what it knows.</summary>
    private void Decide() => _next = IsDone || _open is not null ? null : Decided();

    private Intention Decided()
    {
        if (_lost.Count > 0)
        {
            return new Intention.TakeBack([.. _lost], Withdrawn: null);
        }

        var kept = new List<Deed>();
        var heard = new Heard();
        foreach (var move in _script(heard))
        {
            switch (move.Kind)
            {
                case MoveKind.Abort:
                    return new Intention.Abort();
                case MoveKind.TakeBack:
                    var withdrawn = kept.FindLast(deed => deed.Move.Text == move.Text)!;
                    if (!withdrawn.IsWithdrawn)
                    {
                        return new Intention.TakeBack(withdrawn.Calls, withdrawn);
                    }

                    heard.Last = "";
                    break;
                default:
                    if (FindKept(move, kept) is not { } deed)
                    {
                        return Make(move, kept);
                    }

                    kept.Add(deed);
                    heard.Last = deed.Answer;
                    break;
            }
        }

        Answers = [.. kept.Select(deed => deed.Answer)];
        ImmutableArray<CallId> left = [.. _deeds.Except(kept).Where(deed => deed.IsIn).SelectMany(deed => deed.Calls)];
        return left.IsEmpty ? new Intention.Finish() : new Intention.TakeBack(left, Withdrawn: null);
    }

    /// <summary>The deed that stands for a move: made in the script's order wherever that matters.</summary>
    private Deed? FindKept(Move move, List<Deed> kept) => _deeds.Find(
        deed => deed.Move == move && !kept.Contains(deed) && !kept.Exists(
            before => before.Number > deed.Number && before.Conflicts(deed)));

    /// <summary>Makes a move, when nothing that the script has no place for any more is in its way.</summary>
    private Intention Make(Move move, List<Deed> kept)
    {
        var others = _deeds.Except(kept).Where(deed => deed.IsIn).ToArray();
        var replaced = Array.Find(others, deed => deed.IsReplacedBy(move));
        ImmutableArray<CallId> inTheWay =
            [.. others.Where(deed => deed != replaced && deed.Move.ConflictsWith(move)).SelectMany(deed => deed.Calls)];
        return inTheWay.IsEmpty
            ? new Intention.Make(move, replaced)
            : new Intention.TakeBack(inTheWay, Withdrawn: null);
    }
}
