using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Tests.Plays;

/// <summary>A world of named texts that carries out what the protocol asks for.</summary>
internal sealed class TextWorld
{
    private readonly Dictionary<CallId, CarriedCall> _calls = [];
    private readonly Dictionary<ResultDigest, string> _texts = [];
    private readonly Dictionary<string, ResultDigest> _digests = [];

    public TextWorld(IReadOnlyDictionary<string, string> initial) => Contents = Copy(initial);

    /// <summary>What the objects hold; absent ones are not there.</summary>
    public SortedDictionary<string, string> Contents { get; }

    public static SortedDictionary<string, string> Copy(IEnumerable<KeyValuePair<string, string>> contents)
    {
        var copy = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, text) in contents)
        {
            copy.Add(name, text);
        }

        return copy;
    }

    public void Know(CallId id, Move move) => _calls.Add(id, new CarriedCall(move));

    public Move MoveOf(CallId id) => _calls[id].Move;

    public string TextOf(ResultDigest digest) => _texts[digest];

    /// <summary>Carries an effect out.</summary>
    /// <param name="effect">The effect.</param>
    /// <param name="hearing">Whether it happens, and whether anybody hears of it.</param>
    public Outcome CarryOut(Effect.World effect, Hearing hearing)
    {
        var call = _calls[effect.Call];
        return effect switch
        {
            Effect.Read read => Read(call, read),
            Effect.Execute execute => Execute(call, execute, hearing),
            Effect.Invert => Invert(call, hearing),
            Effect.Probe => Probe(call),
            _ => throw new PlayException($"nobody knows how to carry out {effect}"),
        };
    }

    /// <summary>The digest that stands for a text.</summary>
    public ResultDigest Digest(string text)
    {
        if (!_digests.TryGetValue(text, out var digest))
        {
            digest = new ResultDigest((UInt128)(_digests.Count + 1));
            _digests.Add(text, digest);
            _texts.Add(digest, text);
        }

        return digest;
    }

    private Outcome.Done Read(CarriedCall call, Effect.Read effect)
    {
        var shown = Contents;
        if (!effect.Hidden.IsEmpty)
        {
            shown = Copy(Contents);
            foreach (var hidden in effect.Hidden.Reverse())
            {
                _calls[hidden].Restore(shown);
            }
        }

        return new Outcome.Done(Digest(call.Move.Act(shown)));
    }

    private Outcome Execute(CarriedCall call, Effect.Execute effect, Hearing hearing)
    {
        PlayException.Require(!call.IsIn || call.IsCovered, $"{call.Move} is executed twice, without an inverse");
        call.Position = effect.Position;
        if (effect.Beneath is { } later)
        {
            call.CaptureBeneath(_calls[later]);
            Cover(call);
        }
        else
        {
            call.Capture(Contents);
        }

        call.IsInDoubt = hearing != Hearing.Heard;
        if (hearing == Hearing.NeverBegun)
        {
            call.IsIn = false;
            return new Outcome.Unknown();
        }

        var answer = call.Move.Act(Contents);
        return hearing == Hearing.Unheard ? new Outcome.Unknown()
            : answer == Moves.Error ? new Outcome.Failed(Digest(answer), CapturedBytes: 1)
            : new Outcome.Done(Digest(answer), CapturedBytes: 1);
    }

    /// <summary>What lies above a call that was put beneath it is written over: it is to be executed again.</summary>
    private void Cover(CarriedCall call)
    {
        foreach (var above in _calls.Values.Where(other => other.IsIn && other.Position > call.Position))
        {
            above.IsCovered |= above.Move.Touches.Any(call.Move.Touches.Contains);
        }
    }

    private Outcome Invert(CarriedCall call, Hearing hearing)
    {
        PlayException.Require(call.IsIn || call.IsInDoubt, $"{call.Move} is taken back and is not there");
        if (hearing != Hearing.NeverBegun)
        {
            call.Restore(Contents);
            call.IsIn = false;
        }

        call.IsInDoubt = hearing != Hearing.Heard;
        return hearing == Hearing.Heard ? new Outcome.Done(default) : new Outcome.Unknown();
    }

    private static Outcome Probe(CarriedCall call)
    {
        call.IsInDoubt = false;
        return call.IsIn ? new Outcome.Done(default) : new Outcome.NotDone();
    }
}

/// <summary>What is heard of an effect on the world.</summary>
internal enum Hearing
{
    /// <summary>How it ended.</summary>
    Heard,

    /// <summary>Nothing, and it has happened.</summary>
    Unheard,

    /// <summary>Nothing, and it has not happened.</summary>
    NeverBegun,
}

/// <summary>A call as the world knows it, with what its inverse needs.</summary>
internal sealed class CarriedCall(Move move)
{
    private KeyValuePair<string, string>[] _before = [];

    public Move Move { get; } = move;

    /// <summary>Whether its effect is there.</summary>
    public bool IsIn { get; set; }

    /// <summary>Whether nobody else can know if its effect is there.</summary>
    public bool IsInDoubt { get; set; }

    /// <summary>Whether a call was put beneath it that has written over it: it is to be executed again.</summary>
    public bool IsCovered { get; set; }

    /// <summary>Its place in the serial order, once it was executed.</summary>
    public Position Position { get; set; }

    /// <summary>Keeps what is there before the call.</summary>
    public void Capture(SortedDictionary<string, string> contents)
    {
        _before = [.. contents.Where(pair => IsTouched(pair.Key))];
        (IsIn, IsCovered) = (true, false);
    }

    /// <summary>Takes over what a call has kept that lies above it.</summary>
    public void CaptureBeneath(CarriedCall later)
    {
        _before = later._before;
        (IsIn, IsCovered) = (true, false);
    }

    public void Restore(SortedDictionary<string, string> contents)
    {
        foreach (var name in contents.Keys.Where(IsTouched).ToArray())
        {
            contents.Remove(name);
        }

        foreach (var (name, text) in _before)
        {
            contents.Add(name, text);
        }
    }

    private bool IsTouched(string name) => Move.Touches.Any(
        touched => touched == name || (touched.EndsWith('/') && name.StartsWith(touched, StringComparison.Ordinal)));
}
