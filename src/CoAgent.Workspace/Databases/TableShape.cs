using System.Collections.Immutable;

namespace CoAgent.Workspace.Databases;

/// <summary>What rows of a table are: enough to name, keep and put back each of them.</summary>
internal sealed record TableShape
{
    /// <summary>The table's name, as the schema spells it.</summary>
    internal required string Name { get; init; }

    /// <summary>Whether its rows can be kept one by one: no view, nothing virtual.</summary>
    internal required bool IsOrdinary { get; init; }

    /// <summary>Whether it is a view.</summary>
    internal required bool IsView { get; init; }

    /// <summary>Whether it is what a virtual table keeps its rows in.</summary>
    internal required bool IsShadow { get; init; }

    /// <summary>What names a row, as SQL: the row's own number, or the primary key where rows have none; empty where nothing does.</summary>
    internal required ImmutableArray<string> Identity { get; init; }

    /// <summary>What is stored of a row, as SQL, the row's own number included.</summary>
    internal required ImmutableArray<string> Stored { get; init; }

    /// <summary>The columns of the primary key; empty where there is none.</summary>
    internal required ImmutableArray<KeyColumn> Key { get; init; }

    /// <summary>Whether the primary key is what rows are found by: their own number, or all that names them.</summary>
    internal required bool IsKeyIdentity { get; init; }

    /// <summary>Whether used numbers are never given again.</summary>
    internal required bool HasSequence { get; init; }

    /// <summary>Whether a change of one row can touch or depend on no other: no trigger, no other unique index, no reference from or to it.</summary>
    internal required bool IsAlone { get; init; }

    /// <summary>Whether it has triggers.</summary>
    internal required bool HasTriggers { get; init; }

    /// <summary>What it refers to.</summary>
    internal required ImmutableArray<Reference> References { get; init; }
}

/// <summary>A column of a primary key.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsWhole">Whether it holds whole numbers.</param>
/// <param name="IsText">Whether it holds text that is the same only when every byte is.</param>
internal sealed record KeyColumn(string Name, bool IsWhole, bool IsText);

/// <summary>A foreign key.</summary>
/// <param name="To">The table that it refers to.</param>
/// <param name="Changes">Whether a change there changes rows here.</param>
internal sealed record Reference(string To, bool Changes);
