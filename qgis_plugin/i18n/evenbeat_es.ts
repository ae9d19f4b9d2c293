<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="es" sourcelanguage="en">
 <context>
  <name>Algorithms</name>
  <message>
   <source> (about {minutes:.0f} min left)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source> (about {seconds:.0f} s left)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>1 Data</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>2 Forecast</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>3 Plan</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>4 Dosage</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>5 Reports</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>6 Publish</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>; dropped: {reasons}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A PDF for each district and shift</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A good forecast still sees nothing happen in about 99 of 100 box-shifts.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Add a layer as a source</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Add the results to the map</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>All crime types</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Assignments</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Assignments {date}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Back-test the forecast</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Boxes</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Boxes a district, besides</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Boxes held out</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Briefing</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>By (officer: needs the role of a supervisor or commander)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Cancelled; what was finished stands.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Category of all places or events of the layer, such as bar</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Columns, one a line: our name = their column (empty: found)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Compare plans under other settings</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Compare two runs</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Copy in the workspace</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Crime and dosage report</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Crime type report</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Crime types, separated by commas (empty: all that are modelled)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Day (empty: the newest measured)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Day (empty: today, or the day after the newest data)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Days between fits (empty: as set in the workspace)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Days by which all news comes late</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Days measured</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Days unchanged</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Describe the data</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Districts, separated by commas (empty: all)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Do it again although it is done</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Drawing the pages with {path}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Export a package to hand over</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Export the briefing atlas</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Files</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>First day</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>First day (empty: the last 91 measured days)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>First file</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>First page</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Fit the models</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Folder</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Folder (empty: reports/ of the workspace)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Folder of the back-test</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Folder of the model</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Folder of the rasters (empty: a private one, kept for a week)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Folder of the run</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Forecast a day</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Format</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>GeoPackage (*.gpkg)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Hours after a shift in which incidents count as well</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>In QGIS: Project &gt; Open From &gt; GeoPackage.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Incidents</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Ingest the agency's files</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Is it a Python with Evenbeat?</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Its last words: {words}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Last day</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Last day (empty: the newest measured)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Layer</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Layer: priority, all, or a crime type</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Length of a window</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Make a workspace</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Measure patrol</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Minutes planned</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Model</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Name of the agency</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Newer day</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Newest day measured</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Officer report</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Older day</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Only check it; add nothing</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Only tell what was understood; store nothing</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Only this day (empty: every day that changed)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Open Settings &gt; Options &gt; Evenbeat: it shows what to type, and checks it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Own template in place of the above</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>PDF</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Package</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Page</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Page about the data</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Pages</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Percent of the area must be numbers above 0 up to 100, such as 0.5, 1, 2.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Percent of the area to flag, separated by commas</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Plan a day</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Planned and delivered, {date}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Plans drawn for a lottery</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Positions</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Print the newest hash of the audit log</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Print the newest hash of the audit log on every page</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Print the page as PDF too (needs Chromium)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Priority</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Project in the package</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Projected CRS (empty: the UTM zone of the data)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Publication</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Publish a day</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>QGIS and the workspace are unharmed; start it again. Where it happens again, it may lack memory: close other programs, or report it with the log messages of the Evenbeat tab.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Rasters</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Rasters of each shift (everything: also each crime type)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Refused: {what}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Report</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Role</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Rows of the layer</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Rows that were read</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Rows that would be kept</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Rules (nij: of the forecasting challenge)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Run</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Run it also without the layers that carry no dates</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Run of the newer day (empty: the current one)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Run of the older day (empty: the current one)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Run the day</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Settings</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Shift report</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Shift, by its name (empty: all of the day)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Shifts, separated by commas (empty: all)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Tables that changed</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Tactic report</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Template (automatic: by country)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The Evenbeat engine was not found: {looked_at}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The engine did not answer and was stopped.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The engine ended with code {code} in the middle of its work.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The engine was ended from outside in the middle of its work.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The engine {version} speaks protocol {spoken}, this plugin speaks {own}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The first day, {first}, is after the last, {last}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Then publish the days that are old enough, in larger cells</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Time zone of the files, such as America/Chicago</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Tracks</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Type: {command}. Or choose another Python.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Unchanged, not read again: {files}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Unit tracks, {date}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Update the engine: python -m pip install --upgrade evenbeat.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Update the plugin in Plugins &gt; Manage and Install Plugins.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Variants, one a line, such as plan.tau=2 (empty: the usual ones)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>When done again: lose the reviews of the former plan</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>When done again: why (it is logged)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Workspace (folder with evenbeat.toml)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Write the briefing pages</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>driving</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>not known</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>not visited</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>over {lower} min</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>partly visited</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>slow</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>standing</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>visited</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{crime_type}: {total:.2f} expected that day</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{crs} is in degrees, but cells are squares of metres or feet. Choose a projected CRS, such as your state plane or UTM zone.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{file}: {rows_in:,} rows, {rows_kept:,} kept</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{first} to {last}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{lower} to {upper} min</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{name} cannot be read as a raster.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{newer} minus {older}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{python} could not be started: {reason}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{python} is a Python, but Evenbeat is not installed in it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{python} started, but did not answer within {seconds:.0f} seconds.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{python} wrote what is not the engine's language: {shown!r}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{shift}: at most {gap} below the best</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>EngineLight</name>
  <message>
   <source>The engine does not run: {detail} Click to set it up.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The engine is asleep; it starts with the first step.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The engine is ready.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The engine is starting...</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The engine works: {detail}.</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>EvenbeatProvider</name>
  <message>
   <source>Evenbeat: directed patrols</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>Interface</name>
  <message>
   <source>Engine and settings...</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>Messages</name>
  <message>
   <source>Details...</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>NewWorkspaceDialog</name>
  <message>
   <source>A workspace is a folder that holds the settings, what was read of your layers, and every forecast and plan.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Agency</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>An empty folder, or a new one</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>By itself: the UTM zone of the districts</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>CRS</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Folder</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Folder of the new workspace</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Make it</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Making the workspace...</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>New Evenbeat workspace</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Shown on every page</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Time zone</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>ProgressLine</name>
  <message>
   <source>Cancel</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Cancelling...</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>about {number:.0f} min left</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>about {number:.0f} s left</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>Roles</name>
  <message>
   <source>A row a day: temperature, rain, snow, wind</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Alerts of acoustic sensors; they need no class</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Announced on</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Areas for fair shares and for reports</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Arrest made (read for the check, then dropped)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Bars, shops, stops, parks... each with a category</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Beats or districts that get boxes of their own</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Boundary</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Category</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Class of crime</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Day</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>District</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Districts</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Ends</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Events</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Expected attendance</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Gone since</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Gunfire alerts</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>How it became known</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Identifier</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Incidents</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Last updated</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Matches, concerts, markets... with their times</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Minutes for directed patrol</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Name</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Neighbourhoods</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Occurred from</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Occurred to</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Outline of the jurisdiction; by default the districts</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Places</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Quality of the position</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Rain and snow</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Reported at</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Reported crime with class, time and place</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Roster</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Shift (empty: all)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Starts</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Street lines, for names in briefings</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Streets</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Temperature</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>There since</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Unit</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Units, and in which district and shift each of them works</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Weather</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>SetupPage</name>
  <message>
   <source>Check</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Check again</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Choose the Python in which Evenbeat is installed</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Copied</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Copy</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Evenbeat {version} with Python {python} answers.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Found by itself; or choose one here</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Found none in the usual places.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Found: {python} (by {found_by})</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Install the engine (once, outside QGIS)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>No engine was found. Install it as shown below.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Not everything is in order; see below.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Python of the engine</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Starting {python} ...</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>State</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Type this in a terminal; Python 3.11 or newer is needed:</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>What</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>What to do</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>WorkspaceChooser</name>
  <message>
   <source>Choose a workspace</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Make a folder a workspace</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>New...</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>None yet</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Open a folder that holds evenbeat.toml</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Open a workspace</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Open...</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>WorkspaceDock</name>
  <message>
   <source>CRS by itself</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Evenbeat: workspace and layers</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Layers</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Make a workspace...</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>No workspace is open. Open a folder that holds evenbeat.toml, or make a new one and add your layers to it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Priorities</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Reading the workspace...</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The workspace is made. Add the districts next.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>can only be read</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>cells of {size:g}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>no reviewer</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>you are {actor} ({role})</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{folder} is no workspace: it has no evenbeat.toml. Choose another folder, or make it one with New...</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{shifts} shifts</source>
   <translation type="unfinished" />
  </message>
 </context>
</TS>
