using System.Collections.Immutable;
using CoAgent.Protocol;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Journal.Codec;

/// <summary>Reads one thing of several.</summary>
internal delegate T FieldRead<out T>(ref FieldReader from);

/// <summary>The protocol's values that occur in several places, as fields.</summary>
internal static class ProtocolFields
{
    /// <summary>Several things, with how many they are.</summary>
    public static void Write<T>(this FieldWriter to, ImmutableArray<T> several, Action<FieldWriter, T> write)
    {
        to.Number(several.Length);
        foreach (var one in several)
        {
            write(to, one);
        }
    }

    public static void Write(this FieldWriter to, Transaction transaction)
    {
        to.Write(transaction.Id);
        to.Write(transaction.Agent);
        to.Number(transaction.Rank.Value);
    }

    /// <summary>A call as a whole, however long: where it does not go with a release.</summary>
    public static void Write(this FieldWriter to, NamedCall call)
    {
        to.Write(call.Id);
        to.Write(call.Agent);
        to.Text(call.Request.Server);
        to.Text(call.Request.Tool);
        to.Bytes(call.Request.ArgumentsUtf8.Span);
    }

    public static void WriteOptional(this FieldWriter to, NamedCall? call)
    {
        to.Bool(call is not null);
        if (call is not null)
        {
            to.Write(call);
        }
    }

    public static void WriteOptional(this FieldWriter to, ResultDigest? digest)
    {
        to.Bool(digest is not null);
        if (digest is { } known)
        {
            to.Bits(known.Value);
        }
    }

    public static void Write(this FieldWriter to, CallId call) => to.Number(call.Number);

    public static void Write(this FieldWriter to, TransactionId transaction) => to.Number(transaction.Number);

    public static void Write(this FieldWriter to, RequestId request) => to.Number(request.Number);

    public static void Write(this FieldWriter to, EffectId effect) => to.Number(effect.Number);

    public static void Write(this FieldWriter to, AgentId agent) => to.Text(agent.Value);

    public static void Write(this FieldWriter to, ImmutableArray<CallId> calls)
    {
        to.Number(calls.Length);
        foreach (var call in calls)
        {
            to.Write(call);
        }
    }

    public static void Write(this FieldWriter to, CallDeclaration declaration)
    {
        Write(to, declaration.Footprint.Reads);
        Write(to, declaration.Footprint.Writes);
        to.Choice(declaration.View);
        to.Bool(declaration.CanReread);
        to.Bool(declaration.IsIrreversible);
        to.Bool(declaration.IsReplaySafe);
        to.Bool(declaration.IsInverseIdempotent);
        to.Bool(declaration.HasProbe);
    }

    public static ImmutableArray<T> Several<T>(this ref FieldReader from, FieldRead<T> read)
    {
        var several = ImmutableArray.CreateBuilder<T>();
        for (var left = from.Count(); left > 0; left--)
        {
            several.Add(read(ref from));
        }

        return several.ToImmutable();
    }

    public static Transaction WholeTransaction(this ref FieldReader from) => new(from.Transaction(), from.Agent(), from.Rank());

    public static NamedCall NamedCall(this ref FieldReader from) =>
        new(from.Call(), from.Agent(), new ToolRequest(from.Text(), from.Text(), from.Bytes().ToArray()));

    public static NamedCall? OptionalNamedCall(this ref FieldReader from) => from.Bool() ? from.NamedCall() : null;

    public static ResultDigest? OptionalDigest(this ref FieldReader from) => from.Bool() ? new ResultDigest(from.Bits()) : null;

    public static CallId Call(this ref FieldReader from) => new(from.Number());

    public static TransactionId Transaction(this ref FieldReader from) => new(from.Number());

    public static RequestId Request(this ref FieldReader from) => new(from.Number());

    public static EffectId Effect(this ref FieldReader from) => new(from.Number());

    public static Rank Rank(this ref FieldReader from) =>
        Protocol.Order.Rank.TryCreate(from.Number()) ?? throw new DamageException("there is no such rank");

    public static AgentId Agent(this ref FieldReader from) =>
        AgentId.TryCreate(from.Text()) ?? throw new DamageException("an agent has no such name");

    public static ImmutableArray<CallId> Calls(this ref FieldReader from)
    {
        var calls = ImmutableArray.CreateBuilder<CallId>(from.Count());
        for (var i = calls.Capacity; i > 0; i--)
        {
            calls.Add(from.Call());
        }

        return calls.MoveToImmutable();
    }

    public static CallDeclaration Declaration(this ref FieldReader from)
    {
        var footprint = Footprint.TryCreate(Patterns(ref from), Patterns(ref from))
            ?? throw new DamageException("a footprint has too many entries");
        return new CallDeclaration(footprint)
        {
            View = from.Choice<ReadView>(),
            CanReread = from.Bool(),
            IsIrreversible = from.Bool(),
            IsReplaySafe = from.Bool(),
            IsInverseIdempotent = from.Bool(),
            HasProbe = from.Bool(),
        };
    }

    private static void Write(FieldWriter to, ImmutableArray<ObjectPattern> patterns)
    {
        to.Number(patterns.Length);
        foreach (var pattern in patterns)
        {
            to.Text(pattern.ToString());
        }
    }

    private static ObjectPattern[] Patterns(ref FieldReader from)
    {
        var patterns = new ObjectPattern[from.Count()];
        foreach (ref var pattern in patterns.AsSpan())
        {
            pattern = ObjectPattern.TryParse(from.Text()) ?? throw new DamageException("an object has no such id");
        }

        return patterns;
    }
}
