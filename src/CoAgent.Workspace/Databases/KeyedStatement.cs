using System.Collections.Immutable;
using System.Globalization;
using CoAgent.Protocol.Objects;

namespace CoAgent.Workspace.Databases;

/// <summary>A statement that touches one row, which it names by the whole primary key.</summary>
/// <param name="Kind">What it does to it.</param>
/// <param name="Values">The key's values, in the order of its columns: a whole number or a text each.</param>
internal sealed record KeyedStatement(KeyedKind Kind, ImmutableArray<object> Values)
{
    /// <summary>The row's name as a segment of an id.</summary>
    internal string Segment => string.Join(',', Values.Select(static value => value is long whole
        ? whole.ToString(CultureInfo.InvariantCulture)
        : SegmentText.Of((string)value).Replace(",", "%2C", StringComparison.Ordinal)));

    /// <summary>The statement, where it is one; null where anything in it is not understood: it may then touch any row.</summary>
    internal static KeyedStatement? TryRead(DatabaseCall call, TableShape table) => new KeyedReader(call, table).Read();
}

/// <summary>What a statement does to the one row that it names.</summary>
internal enum KeyedKind
{
    /// <summary>It looks at it.</summary>
    Read,

    /// <summary>It changes it.</summary>
    Update,

    /// <summary>It puts it there.</summary>
    Insert,

    /// <summary>It takes it away.</summary>
    Delete,
}
