using System.Collections.Immutable;
using CoAgent.Protocol;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Runtime.Journal.Codec;

/// <summary>The protocol's values that occur in several inputs, as fields.</summary>
internal static class ProtocolFields
{
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
