using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Linq.Expressions;
using System.Reflection;
using CoAgent.Protocol;
using CoAgent.Protocol.Finishing;
using CoAgent.Protocol.Latches;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Quarantines;
using CoAgent.Protocol.Reordering;
using CoAgent.Protocol.Resting;
using CoAgent.Protocol.Trajectories;
using CoAgent.Proving.Agents;

namespace CoAgent.Proving.Exploring;

/// <summary>What the protocol's state is, whatever way led to it: every field that it has, with canonical names.</summary>
/// <remarks>
/// It goes through the fields by reflection, so that a new one counts without being named here; what is left out is
/// named, with its reason. Two states of the same digest go on in the same way.
/// </remarks>
internal sealed class MachineDigest
{
    private static readonly ConcurrentDictionary<Type, Action<MachineDigest, object>> Walks = new();

    /// <summary>Derived from the rest, constant, empty between steps, or a count that only makes names.</summary>
    private static readonly HashSet<(Type, string)> LeftOut =
    [
        (typeof(WorkspaceState), "Options"), (typeof(WorkspaceState), "Trajectories"), (typeof(SerialOrder), "_declared"),
        (typeof(WorkspaceState), "Latches"), (typeof(WorkspaceState), "Calls"), (typeof(WorkspaceState), "StepNumber"),
        (typeof(WorkspaceState), "_effects"), (typeof(WorkspaceState), "_scratch"), (typeof(WorkspaceState), "_ready"),
        (typeof(WorkspaceState), "_touched"), (typeof(WorkspaceState), "_lastEffect"), (typeof(WorkspaceState), "_lastTicket"),
        (typeof(WorkspaceState), "_lastNotice"), (typeof(TransactionState), "LastNumber"), (typeof(NoticeBook), "DeliveredAt"),
        (typeof(QuarantineList), "_objects"), (typeof(QuarantineList), "_found"), (typeof(QuarantineList), "_last"),
        (typeof(QuarantineList), "rules"), (typeof(NoticeCause), "Call"), (typeof(SerialOrder), "LastNumber"),
    ];

    private readonly Dictionary<object, int> _seen = new(ReferenceEqualityComparer.Instance);
    private readonly CanonicalNames _names;
    private Hash128 _hash;

    private MachineDigest(CanonicalNames names) => _names = names;

    public static UInt128 Of(WorkspaceState state, CanonicalNames names)
    {
        var digest = new MachineDigest(names);
        digest.Walk(state);
        return digest._hash.Value;
    }

    private void Add(object? value)
    {
        switch (value)
        {
            case null:
                _hash.Add(-7);
                break;
            case bool or int or long or Enum:
                _hash.Add(Convert.ToInt64(value));
                break;
            case string text:
                _hash.Add(text);
                break;
            case ObjectPattern pattern:
                _hash.Add(pattern.Id?.Value);
                _hash.Add((long)pattern.Extent);
                break;
            case ResultDigest digest:
                _hash.Add(digest.Value);
                break;
            case UInt128 bits:
                _hash.Add(bits);
                break;
            default:
                AddName(value);
                break;
        }
    }

    private void AddName(object value)
    {
        switch (value)
        {
            case CallId call:
                _hash.Add((long)_names.Of(call));
                break;
            case Position position:
                _hash.Add(_names.Of(position));
                break;
            case QuarantineId quarantine:
                _hash.Add(_names.Of(quarantine));
                break;
            case RequestId request:
                _hash.Add(request.Number / ScriptedAgent.IdStride);
                break;
            case NoticeId or EffectId or TransactionId:
                break;
            case IEnumerable items:
                AddAll(items);
                break;
            default:
                AddOnce(value);
                break;
        }
    }

    /// <summary>What is in no order is put in one; what is in order stays in it.</summary>
    private void AddAll(IEnumerable items)
    {
        var ordered = items switch
        {
            IDictionary<CallId, CallOperation> open => open.Values.OrderBy(operation => operation.Ticket),
            IDictionary<EffectId, ReorderRun> awaited => awaited.Values.OrderBy(run => run.Operation.Ticket),
            IDictionary<TransactionId, TransactionState> transactions => transactions.Values.OrderBy(transaction => transaction.Rank),
            IDictionary<CallId, UndoneCall> fates => fates.Values.OrderBy(fate => _names.Of(fate.Call)).Cast<object>(),
            IEnumerable<Operation> operations => operations.OrderBy(operation => operation.Ticket),
            IReadOnlyDictionary<AgentId, Transaction> ofAgents => ofAgents.Values.OrderBy(transaction => transaction.Rank),
            IReadOnlyDictionary<AgentId, Rank> ranks => ByName(ranks),
            IReadOnlyDictionary<AgentId, LapsedAgent> lapsed => ByName(lapsed),
            IReadOnlySet<AgentId> agents => agents.OrderBy(agent => agent.Value, StringComparer.Ordinal).Cast<object>(),
            SortedDictionary<long, QuarantineList.Entry> or ImmutableSortedDictionary<Rank, Transaction> => items,
            IDictionary { Count: > 0 } => throw new NotSupportedException($"{items.GetType()} needs an order."),
            _ => items,
        };
        foreach (var item in ordered)
        {
            Add(item);
        }

        _hash.Add(-8);
    }

    private static IEnumerable<object> ByName<T>(IReadOnlyDictionary<AgentId, T> ofAgents) =>
        ofAgents.OrderBy(agent => agent.Key.Value, StringComparer.Ordinal).Cast<object>();

    private void AddOnce(object value)
    {
        if (value.GetType().IsValueType)
        {
            Walk(value);
        }
        else if (_seen.TryGetValue(value, out var at))
        {
            _hash.Add(at);
        }
        else
        {
            _seen.Add(value, _seen.Count);
            Walk(value);
        }
    }

    private void Walk(object value) => Walks.GetOrAdd(value.GetType(), MakeWalk)(this, value);

    private static Action<MachineDigest, object> MakeWalk(Type type)
    {
        var digest = Expression.Parameter(typeof(MachineDigest));
        var value = Expression.Parameter(typeof(object));
        var typed = Expression.Convert(value, type);
        var adds = Fields(type).Where(field => !IsLeftOut(field)).Select(field => (Expression)MakeAdd(field, digest, typed)).ToList();
        return Expression.Lambda<Action<MachineDigest, object>>(Expression.Block(adds.Append(Expression.Empty())), digest, value).Compile();
    }

    private static MethodCallExpression MakeAdd(FieldInfo field, ParameterExpression digest, Expression typed)
    {
        var name = NameOf(field);
        var content = Expression.Field(typed, field);
        if (field.DeclaringType == typeof(Call) && name == nameof(Call.ProposedAt))
        {
            return Expression.Call(digest, nameof(AddWhetherSeen), null, typed);
        }

        if (field.DeclaringType == typeof(Operation) && name == nameof(Operation.Ticket))
        {
            return Expression.Call(digest, nameof(AddTicket), null, content);
        }

        return Expression.Call(digest, nameof(Add), null, Expression.Convert(content, typeof(object)));
    }

    private void AddTicket(long ticket) => _hash.Add(_names.OfTicket(ticket));

    /// <summary>The steps are only compared: whether a call was proposed before the latest delivery.</summary>
    private void AddWhetherSeen(Call call) => _hash.Add(call.Transaction.Notices.DeliveredAt.CompareTo(call.ProposedAt));

    private static IEnumerable<FieldInfo> Fields(Type type) =>
        type is { BaseType: { } below } && below != typeof(object) && below != typeof(ValueType)
            ? Fields(below).Concat(OwnFields(type))
            : OwnFields(type);

    private static FieldInfo[] OwnFields(Type type) =>
        type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly);

    private static bool IsLeftOut(FieldInfo field) => LeftOut.Contains((field.DeclaringType!, NameOf(field)));

    /// <summary>The name of a field, of the property that it is behind, or of the parameter that it keeps.</summary>
    private static string NameOf(FieldInfo field) =>
        field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)] : field.Name;
}
