using System.Collections.Immutable;
using CoAgent.Runtime.Catalog.Manifests;

namespace CoAgent.Runtime.Catalog.Faults;

/// <summary>Gathers what is wrong with one file while it is read, so that all of it is told at once.</summary>
/// <param name="file">The file's name, as faults tell it.</param>
internal sealed class ManifestFindings(string file)
{
    /// <summary>How many faults are told; a file with more is not worth reading on.</summary>
    public const int FaultsMax = 50;

    private readonly List<CatalogFault> _faults = [];
    private readonly List<NameUse> _uses = [];

    /// <summary>What is wrong, in the order of the file.</summary>
    public ImmutableArray<CatalogFault> Faults => [.. _faults.OrderBy(static fault => fault.Line)];

    public bool HasFaults => _faults.Count > 0;

    /// <summary>The names that templates begin with.</summary>
    public ImmutableArray<NameUse> Uses => [.. _uses];

    /// <summary>A template names something.</summary>
    /// <param name="key">The member that holds the template.</param>
    /// <param name="line">The line, counted from 1.</param>
    /// <param name="names">The names.</param>
    public void Use(string key, int line, IEnumerable<string> names) =>
        _uses.AddRange(names.Distinct(StringComparer.Ordinal).Select(name => new NameUse(name, key, line)));

    /// <summary>Notes a fault for each name that means nothing in a trial; what is left are the names of calls.</summary>
    /// <param name="isOfTrial">Whether what a member holds is filled in for a trial alone.</param>
    public void RefuseInTrials(Predicate<string> isOfTrial)
    {
        foreach (var use in _uses.Where(use => isOfTrial(use.Key) && use.Name != NameUse.TrialRoot))
        {
            Fault(use.Key, use.Line, $"names {Spelling.Shown(use.Name)}; in a trial {{{NameUse.TrialRoot}}}, its folder, is all that has a name.");
        }

        _uses.RemoveAll(use => isOfTrial(use.Key));
    }

    /// <summary>Something is wrong.</summary>
    /// <param name="key">The member; empty for the file as a whole.</param>
    /// <param name="line">The line, counted from 1.</param>
    /// <param name="message">What is wrong and what would be right.</param>
    public void Fault(string key, int line, string message)
    {
        if (_faults.Count < FaultsMax)
        {
            _faults.Add(new CatalogFault(file, line, key, message));
        }
        else if (_faults.Count == FaultsMax)
        {
            _faults.Add(new CatalogFault(file, line, Key: "", $"has more than {FaultsMax} faults; the rest is not listed."));
        }
    }
}
