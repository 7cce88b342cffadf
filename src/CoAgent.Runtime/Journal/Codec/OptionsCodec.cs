using CoAgent.Protocol;
using CoAgent.Protocol.Order;

namespace CoAgent.Runtime.Journal.Codec;

/// <summary>What the protocol was told to do, as fields.</summary>
/// <remarks>The rules that tests switch off are not kept: whoever replays a run with a rule off switches it off again.</remarks>
internal static class OptionsCodec
{
    public static void Write(FieldWriter to, ProtocolOptions options)
    {
        to.Choice(options.Gate);
        to.Choice(options.Irreversible);
        Write(to, options.Limits);
        Write(to, options.Order);
    }

    public static ProtocolOptions Read(ref FieldReader from) => new()
    {
        Gate = from.Choice<GateMode>(),
        Irreversible = from.Choice<IrreversibleMode>(),
        Limits = ReadLimits(ref from),
        Order = ReadOrder(ref from),
    };

    private static void Write(FieldWriter to, ProtocolLimits limits)
    {
        to.Number(limits.TransactionsMax);
        to.Number(limits.OpenCallsMax);
        to.Number(limits.CallsMax);
        to.Number(limits.PlanCallsMax);
        to.Number(limits.NoticesPerTransactionMax);
        to.Number(limits.CapturedBytesMax);
        to.Number(limits.InverseAttemptCountMax);
        to.Number(limits.LapsedReadsMax);
        to.Number(limits.LapsedAgentsMax);
    }

    private static ProtocolLimits ReadLimits(ref FieldReader from) => new()
    {
        TransactionsMax = from.SmallNumber(),
        OpenCallsMax = from.SmallNumber(),
        CallsMax = from.SmallNumber(),
        PlanCallsMax = from.SmallNumber(),
        NoticesPerTransactionMax = from.SmallNumber(),
        CapturedBytesMax = from.Number(),
        InverseAttemptCountMax = from.SmallNumber(),
        LapsedReadsMax = from.SmallNumber(),
        LapsedAgentsMax = from.SmallNumber(),
    };

    /// <summary>The names in order, and how many of them come before the arrivals: their ranks are below the first band.</summary>
    private static void Write(FieldWriter to, DeclaredOrder order)
    {
        to.Number(order.Places.Length);
        to.Number(order.Places.Count(static place => place.Rank.Value < DeclaredOrder.BandRanks));
        foreach (var place in order.Places)
        {
            to.Write(place.Agent);
            to.Bool(place.Await);
        }
    }

    private static DeclaredOrder ReadOrder(ref FieldReader from)
    {
        var count = from.Count();
        var earlyCount = from.Number();
        DamageException.Unless(earlyCount >= 0 && earlyCount <= count, "a declared order has no such place for the arrivals");
        var entries = new List<OrderEntry>(count + 1);
        for (var i = 0; i < count; i++)
        {
            entries.Add(new OrderEntry(from.Agent().Value, from.Bool()));
        }

        if (earlyCount < count)
        {
            entries.Insert((int)earlyCount, new OrderEntry(OrderEntry.Arrivals));
        }

        try
        {
            return entries.Count == 0 ? DeclaredOrder.None : DeclaredOrder.Create([.. entries]);
        }
        catch (ArgumentException refused)
        {
            throw new DamageException(refused.Message);
        }
    }
}
