using System.Collections.Immutable;

namespace CoAgent.Runtime.Catalog.Faults;

/// <summary>Gathers what is wrong with one file while it is read, so that all of it is told at once.</summary>
/// <param name="file">The file's name, as faults tell it.</param>
internal sealed class ManifestFindings(string file)
{
    /// <summary>How many faults are told; a file with more is not worth reading on.</summary>
    public const int FaultsMax = 50;

    private readonly List<CatalogFault> _faults = [];

    /// <summary>What is wrong, in the order of the file.</summary>
    public ImmutableArray<CatalogFault> Faults => [.. _faults.OrderBy(static fault => fault.Line)];

    public bool HasFaults => _faults.Count > 0;

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
