<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="es" sourcelanguage="en">
 <context>
  <name>Algorithms</name>
  <message>
   <source> (about {minutes:.0f} min left)</source>
   <translation> (quedan unos {minutes:.0f} min)</translation>
  </message>
  <message>
   <source> (about {seconds:.0f} s left)</source>
   <translation> (quedan unos {seconds:.0f} s)</translation>
  </message>
  <message>
   <source>1 Data</source>
   <translation>1 Datos</translation>
  </message>
  <message>
   <source>2 Forecast</source>
   <translation>2 Pronóstico</translation>
  </message>
  <message>
   <source>3 Plan</source>
   <translation>3 Plan</translation>
  </message>
  <message>
   <source>4 Dosage</source>
   <translation>4 Dosificación</translation>
  </message>
  <message>
   <source>5 Reports</source>
   <translation>5 Informes</translation>
  </message>
  <message>
   <source>6 Publish</source>
   <translation>6 Publicación</translation>
  </message>
  <message>
   <source>; dropped: {reasons}</source>
   <translation>; descartadas: {reasons}</translation>
  </message>
  <message>
   <source>A PDF for each district and shift</source>
   <translation>Un PDF por cada distrito y turno</translation>
  </message>
  <message>
   <source>A good forecast still sees nothing happen in about 99 of 100 box-shifts.</source>
   <translation>Aun con un buen pronóstico, en unos 99 de cada 100 recuadros por turno no ocurre nada.</translation>
  </message>
  <message>
   <source>Add a layer as a source</source>
   <translation>Añadir una capa como fuente</translation>
  </message>
  <message>
   <source>Add the results to the map</source>
   <translation>Añadir los resultados al mapa</translation>
  </message>
  <message>
   <source>All crime types</source>
   <translation>Todos los tipos de delito</translation>
  </message>
  <message>
   <source>Areas</source>
   <translation>Áreas</translation>
  </message>
  <message>
   <source>Assignments</source>
   <translation>Asignaciones</translation>
  </message>
  <message>
   <source>Assignments {date}</source>
   <translation>Asignaciones {date}</translation>
  </message>
  <message>
   <source>Back-test the forecast</source>
   <translation>Validar el pronóstico con datos pasados</translation>
  </message>
  <message>
   <source>Boxes</source>
   <translation>Recuadros</translation>
  </message>
  <message>
   <source>Boxes a district, besides</source>
   <translation>Recuadros por distrito, además</translation>
  </message>
  <message>
   <source>Boxes held out</source>
   <translation>Recuadros reservados como control</translation>
  </message>
  <message>
   <source>Briefing</source>
   <translation>Instrucciones de servicio</translation>
  </message>
  <message>
   <source>By (officer: needs the role of a supervisor or commander)</source>
   <translation>Por (agente: requiere el rol de supervisor o de mando)</translation>
  </message>
  <message>
   <source>Category of all rows, such as bar</source>
   <translation>Categoría de todas las filas, como bar</translation>
  </message>
  <message>
   <source>Columns, one a line: our name = their column (empty: found)</source>
   <translation>Columnas, una por línea: nombre nuestro = columna de la capa (vacío: se buscan)</translation>
  </message>
  <message>
   <source>Compare plans under other settings</source>
   <translation>Comparar planes con otros ajustes</translation>
  </message>
  <message>
   <source>Compare two runs</source>
   <translation>Comparar dos ejecuciones</translation>
  </message>
  <message>
   <source>Copy in the workspace</source>
   <translation>Copia en el espacio de trabajo</translation>
  </message>
  <message>
   <source>Crime and dosage report</source>
   <translation>Informe de delitos y dosificación</translation>
  </message>
  <message>
   <source>Crime type report</source>
   <translation>Informe por tipo de delito</translation>
  </message>
  <message>
   <source>Crime types, separated by commas (empty: all that are modelled)</source>
   <translation>Tipos de delito, separados por comas (vacío: todos los modelados)</translation>
  </message>
  <message>
   <source>Day (empty: the newest measured)</source>
   <translation>Día (vacío: el último medido)</translation>
  </message>
  <message>
   <source>Day (empty: today, or the day after the newest data)</source>
   <translation>Día (vacío: hoy, o el siguiente a los últimos datos)</translation>
  </message>
  <message>
   <source>Days between fits (empty: as set in the workspace)</source>
   <translation>Días entre ajustes (vacío: lo que fije el espacio de trabajo)</translation>
  </message>
  <message>
   <source>Days by which all news comes late</source>
   <translation>Días de retraso de todos los datos</translation>
  </message>
  <message>
   <source>Days measured</source>
   <translation>Días medidos</translation>
  </message>
  <message>
   <source>Days unchanged</source>
   <translation>Días sin cambios</translation>
  </message>
  <message>
   <source>Describe the data</source>
   <translation>Describir los datos</translation>
  </message>
  <message>
   <source>Districts, separated by commas (empty: all)</source>
   <translation>Distritos, separados por comas (vacío: todos)</translation>
  </message>
  <message>
   <source>Do it again although it is done</source>
   <translation>Repetirlo aunque ya esté hecho</translation>
  </message>
  <message>
   <source>Drawing the pages with {path}</source>
   <translation>Dibujando las páginas con {path}</translation>
  </message>
  <message>
   <source>Equity report</source>
   <translation>Informe de equidad</translation>
  </message>
  <message>
   <source>Export a package to hand over</source>
   <translation>Exportar un paquete para entregar</translation>
  </message>
  <message>
   <source>Export the briefing atlas</source>
   <translation>Exportar el atlas de instrucciones</translation>
  </message>
  <message>
   <source>Field that identifies an area</source>
   <translation>Campo que identifica un área</translation>
  </message>
  <message>
   <source>Field with the number of residents</source>
   <translation>Campo con el número de residentes</translation>
  </message>
  <message>
   <source>Fields with the shares of groups</source>
   <translation>Campos con las proporciones de los grupos</translation>
  </message>
  <message>
   <source>Files</source>
   <translation>Archivos</translation>
  </message>
  <message>
   <source>First day</source>
   <translation>Primer día</translation>
  </message>
  <message>
   <source>First day (empty: the last 91 days known)</source>
   <translation>Primer día (vacío: los últimos 91 días conocidos)</translation>
  </message>
  <message>
   <source>First day (empty: the last 91 measured days)</source>
   <translation>Primer día (vacío: los últimos 91 días medidos)</translation>
  </message>
  <message>
   <source>First file</source>
   <translation>Primer archivo</translation>
  </message>
  <message>
   <source>First page</source>
   <translation>Primera página</translation>
  </message>
  <message>
   <source>Fit the models</source>
   <translation>Ajustar los modelos</translation>
  </message>
  <message>
   <source>Folder</source>
   <translation>Carpeta</translation>
  </message>
  <message>
   <source>Folder (empty: reports/ of the workspace)</source>
   <translation>Carpeta (vacío: reports/ del espacio de trabajo)</translation>
  </message>
  <message>
   <source>Folder of the back-test</source>
   <translation>Carpeta de la validación</translation>
  </message>
  <message>
   <source>Folder of the model</source>
   <translation>Carpeta del modelo</translation>
  </message>
  <message>
   <source>Folder of the rasters (empty: a private one)</source>
   <translation>Carpeta de los rásteres (vacía: una privada)</translation>
  </message>
  <message>
   <source>Folder of the run</source>
   <translation>Carpeta de la ejecución</translation>
  </message>
  <message>
   <source>Forecast a day</source>
   <translation>Pronosticar un día</translation>
  </message>
  <message>
   <source>Format</source>
   <translation>Formato</translation>
  </message>
  <message>
   <source>GeoPackage (*.gpkg)</source>
   <translation>GeoPackage (*.gpkg)</translation>
  </message>
  <message>
   <source>Hours after a shift in which incidents count as well</source>
   <translation>Horas tras el turno en las que los incidentes también cuentan</translation>
  </message>
  <message>
   <source>In QGIS: Project &gt; Open From &gt; GeoPackage.</source>
   <translation>En QGIS: Proyecto &gt; Abrir desde &gt; GeoPackage.</translation>
  </message>
  <message>
   <source>Incidents</source>
   <translation>Incidentes</translation>
  </message>
  <message>
   <source>Ingest the agency's files</source>
   <translation>Importar los archivos del organismo</translation>
  </message>
  <message>
   <source>It takes the place of the copy that was there: {path}</source>
   <translation>Sustituye a la copia que había: {path}</translation>
  </message>
  <message>
   <source>Last day</source>
   <translation>Último día</translation>
  </message>
  <message>
   <source>Last day (empty: the newest measured)</source>
   <translation>Último día (vacío: el último medido)</translation>
  </message>
  <message>
   <source>Last day (empty: the newest planned or measured)</source>
   <translation>Último día (vacío: el más reciente planificado o medido)</translation>
  </message>
  <message>
   <source>Layer</source>
   <translation>Capa</translation>
  </message>
  <message>
   <source>Layer of areas</source>
   <translation>Capa de áreas</translation>
  </message>
  <message>
   <source>Layer: priority, all, or a crime type</source>
   <translation>Capa: priority, all o un tipo de delito</translation>
  </message>
  <message>
   <source>Length of a window</source>
   <translation>Duración de una ventana</translation>
  </message>
  <message>
   <source>Load residents for the equity report</source>
   <translation>Cargar residentes para el informe de equidad</translation>
  </message>
  <message>
   <source>Make a workspace</source>
   <translation>Crear un espacio de trabajo</translation>
  </message>
  <message>
   <source>Measure patrol</source>
   <translation>Medir la patrulla</translation>
  </message>
  <message>
   <source>Minutes planned</source>
   <translation>Minutos previstos</translation>
  </message>
  <message>
   <source>Model</source>
   <translation>Modelo</translation>
  </message>
  <message>
   <source>Name of the agency</source>
   <translation>Nombre del organismo</translation>
  </message>
  <message>
   <source>Newer day</source>
   <translation>Día más reciente</translation>
  </message>
  <message>
   <source>Newest day measured</source>
   <translation>Último día medido</translation>
  </message>
  <message>
   <source>No row of {rows:,} can be used, so nothing was added. {advice}</source>
   <translation>No se puede usar ninguna de las {rows:,} filas, así que no se añadió nada. {advice}</translation>
  </message>
  <message>
   <source>Officer report</source>
   <translation>Informe por agente</translation>
  </message>
  <message>
   <source>Older day</source>
   <translation>Día anterior</translation>
  </message>
  <message>
   <source>Only check it; add nothing</source>
   <translation>Solo comprobarla; no añadir nada</translation>
  </message>
  <message>
   <source>Only tell what was understood; store nothing</source>
   <translation>Solo decir lo que se ha entendido; no guardar nada</translation>
  </message>
  <message>
   <source>Only this day (empty: every day that changed)</source>
   <translation>Solo este día (vacío: todos los que han cambiado)</translation>
  </message>
  <message>
   <source>Outside the patrolled cells: {residents:.0f} residents of {area}</source>
   <translation>Fuera de las celdas patrulladas: {residents:.0f} residentes de {area}</translation>
  </message>
  <message>
   <source>Own template in place of the above</source>
   <translation>Plantilla propia en lugar de la anterior</translation>
  </message>
  <message>
   <source>PDF</source>
   <translation>PDF</translation>
  </message>
  <message>
   <source>Package</source>
   <translation>Paquete</translation>
  </message>
  <message>
   <source>Page</source>
   <translation>Página</translation>
  </message>
  <message>
   <source>Page about the data</source>
   <translation>Página sobre los datos</translation>
  </message>
  <message>
   <source>Pages</source>
   <translation>Páginas</translation>
  </message>
  <message>
   <source>Percent of the area must be numbers above 0 up to 100, such as 0.5, 1, 2.</source>
   <translation>El porcentaje de superficie debe ser números mayores que 0 y hasta 100, por ejemplo 0.5, 1, 2.</translation>
  </message>
  <message>
   <source>Percent of the area to flag, separated by commas</source>
   <translation>Porcentaje de superficie que señalar, separado por comas</translation>
  </message>
  <message>
   <source>Plan a day</source>
   <translation>Planificar un día</translation>
  </message>
  <message>
   <source>Plans drawn for a lottery</source>
   <translation>Planes extraídos en cada sorteo</translation>
  </message>
  <message>
   <source>Print the newest hash of the audit log</source>
   <translation>Imprimir la huella más reciente del registro de auditoría</translation>
  </message>
  <message>
   <source>Print the newest hash of the audit log on every page</source>
   <translation>Imprimir en cada página la huella más reciente del registro de auditoría</translation>
  </message>
  <message>
   <source>Print the page as PDF too (needs Chromium)</source>
   <translation>Imprimir la página también en PDF (requiere Chromium)</translation>
  </message>
  <message>
   <source>Priority</source>
   <translation>Prioridad</translation>
  </message>
  <message>
   <source>Project in the package</source>
   <translation>Proyecto dentro del paquete</translation>
  </message>
  <message>
   <source>Projected CRS (empty: the UTM zone of the data)</source>
   <translation>SRC proyectado (vacío: la zona UTM de los datos)</translation>
  </message>
  <message>
   <source>Publication</source>
   <translation>Publicación</translation>
  </message>
  <message>
   <source>Publish a day</source>
   <translation>Publicar un día</translation>
  </message>
  <message>
   <source>Rasters</source>
   <translation>Rásteres</translation>
  </message>
  <message>
   <source>Rasters of each shift (everything: also each crime type)</source>
   <translation>Rásteres de cada turno (todo: también cada tipo de delito)</translation>
  </message>
  <message>
   <source>Refused: {what}</source>
   <translation>Rechazado: {what}</translation>
  </message>
  <message>
   <source>Report</source>
   <translation>Informe</translation>
  </message>
  <message>
   <source>Residents inside</source>
   <translation>Residentes dentro</translation>
  </message>
  <message>
   <source>Residents outside</source>
   <translation>Residentes fuera</translation>
  </message>
  <message>
   <source>Role</source>
   <translation>Papel</translation>
  </message>
  <message>
   <source>Rows of the layer</source>
   <translation>Filas de la capa</translation>
  </message>
  <message>
   <source>Rows that were read</source>
   <translation>Filas leídas</translation>
  </message>
  <message>
   <source>Rows that would be kept</source>
   <translation>Filas que se conservarían</translation>
  </message>
  <message>
   <source>Rules (nij: of the forecasting challenge)</source>
   <translation>Reglas (nij: las del concurso de pronóstico)</translation>
  </message>
  <message>
   <source>Run</source>
   <translation>Ejecución</translation>
  </message>
  <message>
   <source>Run it also without the layers that carry no dates</source>
   <translation>Ejecutarla también sin las capas que no llevan fechas</translation>
  </message>
  <message>
   <source>Run of the newer day (empty: the current one)</source>
   <translation>Ejecución del día más reciente (vacío: la vigente)</translation>
  </message>
  <message>
   <source>Run of the older day (empty: the current one)</source>
   <translation>Ejecución del día anterior (vacío: la vigente)</translation>
  </message>
  <message>
   <source>Run the day</source>
   <translation>Ejecutar el día</translation>
  </message>
  <message>
   <source>Settings</source>
   <translation>Ajustes</translation>
  </message>
  <message>
   <source>Shares, by the names they were loaded with (empty: all)</source>
   <translation>Proporciones, con los nombres con que se cargaron (vacío: todas)</translation>
  </message>
  <message>
   <source>Shift report</source>
   <translation>Informe por turno</translation>
  </message>
  <message>
   <source>Shift, by its name (empty: all of the day)</source>
   <translation>Turno, por su nombre (vacío: todos los del día)</translation>
  </message>
  <message>
   <source>Shifts, separated by commas (empty: all)</source>
   <translation>Turnos, separados por comas (vacío: todos)</translation>
  </message>
  <message>
   <source>Tables that changed</source>
   <translation>Tablas que han cambiado</translation>
  </message>
  <message>
   <source>Tactic report</source>
   <translation>Informe por táctica</translation>
  </message>
  <message>
   <source>Template (automatic: by country)</source>
   <translation>Plantilla (automática: según el país)</translation>
  </message>
  <message>
   <source>The first day, {first}, is after the last, {last}.</source>
   <translation>El primer día, {first}, es posterior al último, {last}.</translation>
  </message>
  <message>
   <source>Then publish the days that are old enough, in larger cells</source>
   <translation>Después, publicar en celdas mayores los días bastante antiguos</translation>
  </message>
  <message>
   <source>These are: a share (0 to 1), per cent, or a count of residents</source>
   <translation>Son: una proporción (0 a 1), un porcentaje o un número de residentes</translation>
  </message>
  <message>
   <source>Time zone of the files, such as America/Chicago</source>
   <translation>Zona horaria de los archivos, por ejemplo America/Chicago</translation>
  </message>
  <message>
   <source>Unchanged, not read again: {files}</source>
   <translation>Sin cambios, no se vuelven a leer: {files}</translation>
  </message>
  <message>
   <source>Variants, one a line, such as plan.tau=2 (empty: the usual ones)</source>
   <translation>Variantes, una por línea, por ejemplo plan.tau=2 (vacío: las habituales)</translation>
  </message>
  <message>
   <source>When done again: lose the reviews of the former plan</source>
   <translation>Al repetirlo: perder las revisiones del plan anterior</translation>
  </message>
  <message>
   <source>When done again: why (it is logged)</source>
   <translation>Al repetirlo: el motivo (queda registrado)</translation>
  </message>
  <message>
   <source>Where the figures come from, for the report</source>
   <translation>De dónde proceden las cifras, para el informe</translation>
  </message>
  <message>
   <source>Workspace (folder with evenbeat.toml)</source>
   <translation>Espacio de trabajo (carpeta con evenbeat.toml)</translation>
  </message>
  <message>
   <source>Write the briefing pages</source>
   <translation>Escribir las instrucciones de servicio</translation>
  </message>
  <message>
   <source>{crime_type}: {total:.2f} expected that day</source>
   <translation>{crime_type}: {total:.2f} esperados ese día</translation>
  </message>
  <message>
   <source>{crs} is in degrees, but cells are squares of metres or feet. Choose a projected CRS, such as your state plane or UTM zone.</source>
   <translation>{crs} está en grados, pero las celdas son cuadrados en metros o pies. Elija un SRC proyectado, por ejemplo su zona UTM.</translation>
  </message>
  <message>
   <source>{file}: {rows_in:,} rows, {rows_kept:,} kept</source>
   <translation>{file}: {rows_in:,} filas, {rows_kept:,} conservadas</translation>
  </message>
  <message>
   <source>{first} to {last}</source>
   <translation>{first} a {last}</translation>
  </message>
  <message>
   <source>{newer} minus {older}</source>
   <translation>{newer} menos {older}</translation>
  </message>
  <message>
   <source>{path} cannot be written: {reason}. Ask for write access to the workspace, and close programs that have the file open.</source>
   <translation>No se puede escribir {path}: {reason}. Pida permiso de escritura en el espacio de trabajo y cierre los programas que tengan abierto el archivo.</translation>
  </message>
  <message>
   <source>{shift}: at most {gap} below the best</source>
   <translation>{shift}: como mucho {gap} por debajo del óptimo</translation>
  </message>
 </context>
 <context>
  <name>Banner</name>
  <message>
   <source>Close</source>
   <translation>Cerrar</translation>
  </message>
 </context>
 <context>
  <name>BoxList</name>
  <message>
   <source>Box</source>
   <translation>Recuadro</translation>
  </message>
  <message>
   <source>Mainly for</source>
   <translation>Sobre todo por</translation>
  </message>
  <message>
   <source>State</source>
   <translation>Estado</translation>
  </message>
  <message>
   <source>Visits</source>
   <translation>Visitas</translation>
  </message>
  <message>
   <source>done</source>
   <translation>hecho</translation>
  </message>
  <message>
   <source>{left} left</source>
   <translation>quedan {left}</translation>
  </message>
  <message>
   <source>{shift} · district {district}</source>
   <translation>{shift} · distrito {district}</translation>
  </message>
 </context>
 <context>
  <name>BoxView</name>
  <message>
   <source>Choose a box in the list</source>
   <translation>Elija un recuadro de la lista</translation>
  </message>
  <message>
   <source>above {percent} % of cells</source>
   <translation>por encima del {percent} % de las celdas</translation>
  </message>
  <message>
   <source>unit {unit}</source>
   <translation>unidad {unit}</translation>
  </message>
  <message>
   <source>{visits} visits of {minutes:g} min</source>
   <translation>{visits} visitas de {minutes:g} min</translation>
  </message>
 </context>
 <context>
  <name>BoxesLayer</name>
  <message>
   <source>Review {date}</source>
   <translation>Revisión {date}</translation>
  </message>
 </context>
 <context>
  <name>BriefingDock</name>
  <message>
   <source>Briefing</source>
   <translation>Instrucciones de servicio</translation>
  </message>
  <message>
   <source>No day of this workspace was run yet. Run the day; then its briefing can be made.</source>
   <translation>Todavía no se ha ejecutado ningún día en este espacio de trabajo. Ejecute el día; después se podrán hacer sus instrucciones.</translation>
  </message>
  <message>
   <source>No workspace is open. Open one in the panel “Workspace and layers”.</source>
   <translation>No hay ningún espacio de trabajo abierto. Abra uno en el panel «Espacio de trabajo y capas».</translation>
  </message>
  <message>
   <source>Open</source>
   <translation>Abrir</translation>
  </message>
  <message>
   <source>Reading the workspace...</source>
   <translation>Leyendo el espacio de trabajo...</translation>
  </message>
  <message>
   <source>Run the day...</source>
   <translation>Ejecutar el día...</translation>
  </message>
  <message>
   <source>The briefing is written: {name}</source>
   <translation>Las instrucciones están escritas: {name}</translation>
  </message>
  <message>
   <source>The briefing was not written</source>
   <translation>Las instrucciones no se han escrito</translation>
  </message>
  <message>
   <source>The template was not opened</source>
   <translation>La plantilla no se ha abierto</translation>
  </message>
  <message>
   <source>When it looks right: Layout &gt; Save as Template, over {path}</source>
   <translation>Cuando esté a su gusto: Composición &gt; Guardar como plantilla, sobre {path}</translation>
  </message>
 </context>
 <context>
  <name>BriefingForm</name>
  <message>
   <source> (own)</source>
   <translation> (propia)</translation>
  </message>
  <message>
   <source>All districts</source>
   <translation>Todos los distritos</translation>
  </message>
  <message>
   <source>All shifts</source>
   <translation>Todos los turnos</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>Cancelar</translation>
  </message>
  <message>
   <source>Day</source>
   <translation>Día</translation>
  </message>
  <message>
   <source>District</source>
   <translation>Distrito</translation>
  </message>
  <message>
   <source>Edit...</source>
   <translation>Editar...</translation>
  </message>
  <message>
   <source>Export the briefing</source>
   <translation>Exportar las instrucciones</translation>
  </message>
  <message>
   <source>Folder</source>
   <translation>Carpeta</translation>
  </message>
  <message>
   <source>Format</source>
   <translation>Formato</translation>
  </message>
  <message>
   <source>Gathering the day</source>
   <translation>Reuniendo los datos del día</translation>
  </message>
  <message>
   <source>Open</source>
   <translation>Abrir</translation>
  </message>
  <message>
   <source>Open this template with the day in QGIS's layout window. The workspace gets a copy of its own, which is used from then on.</source>
   <translation>Abrir esta plantilla con los datos del día en la ventana de composición de QGIS. El espacio de trabajo recibe una copia propia, que se usa desde entonces.</translation>
  </message>
  <message>
   <source>Shift</source>
   <translation>Turno</translation>
  </message>
  <message>
   <source>Template</source>
   <translation>Plantilla</translation>
  </message>
  <message>
   <source>Write it into the folder ({keys})</source>
   <translation>Escribirlas en la carpeta ({keys})</translation>
  </message>
 </context>
 <context>
  <name>BriefingMaker</name>
  <message>
   <source>cancelled; nothing was written</source>
   <translation>cancelado; no se ha escrito nada</translation>
  </message>
  <message>
   <source>drawing the pages</source>
   <translation>dibujando las páginas</translation>
  </message>
 </context>
 <context>
  <name>ColumnPickers</name>
  <message>
   <source>The engine calls it {name}</source>
   <translation>El motor la llama {name}</translation>
  </message>
  <message>
   <source>by itself</source>
   <translation>automático</translation>
  </message>
  <message>
   <source>by itself: none found</source>
   <translation>automático: no se encuentra ninguna</translation>
  </message>
  <message>
   <source>by itself: {column}</source>
   <translation>automático: {column}</translation>
  </message>
  <message>
   <source>choose</source>
   <translation>elija</translation>
  </message>
  <message>
   <source>none</source>
   <translation>ninguno</translation>
  </message>
 </context>
 <context>
  <name>ConnectionForm</name>
  <message>
   <source>Address of the service, or of its map page; a key in it is taken over</source>
   <translation>Dirección del servicio, o de su página de mapa; si contiene una clave, se toma</translation>
  </message>
  <message>
   <source>Connect</source>
   <translation>Conectar</translation>
  </message>
  <message>
   <source>Key</source>
   <translation>Clave</translation>
  </message>
  <message>
   <source>Remember the key, unencrypted</source>
   <translation>Recordar la clave, sin cifrar</translation>
  </message>
  <message>
   <source>Service</source>
   <translation>Servicio</translation>
  </message>
  <message>
   <source>empty for what is public</source>
   <translation>vacía para lo que es público</translation>
  </message>
  <message>
   <source>or saved</source>
   <translation>o guardada</translation>
  </message>
 </context>
 <context>
  <name>DayBar</name>
  <message>
   <source>All districts</source>
   <translation>Todos los distritos</translation>
  </message>
  <message>
   <source>All shifts</source>
   <translation>Todos los turnos</translation>
  </message>
  <message>
   <source>Day</source>
   <translation>Día</translation>
  </message>
  <message>
   <source>District</source>
   <translation>Distrito</translation>
  </message>
  <message>
   <source>Keys</source>
   <translation>Teclas</translation>
  </message>
  <message>
   <source>Read the day again (F5)</source>
   <translation>Leer el día de nuevo (F5)</translation>
  </message>
  <message>
   <source>Shift</source>
   <translation>Turno</translation>
  </message>
  <message>
   <source>Show the keys (?)</source>
   <translation>Mostrar las teclas (?)</translation>
  </message>
  <message>
   <source>Zoom to each box (F zooms once)</source>
   <translation>Acercar a cada recuadro (F acerca una vez)</translation>
  </message>
  <message>
   <source>{count} approved</source>
   <translation>{count} aprobados</translation>
  </message>
  <message>
   <source>{count} expired</source>
   <translation>{count} caducados</translation>
  </message>
  <message>
   <source>{count} rejected</source>
   <translation>{count} rechazados</translation>
  </message>
  <message>
   <source>{left} of {whole} left</source>
   <translation>quedan {left} de {whole}</translation>
  </message>
 </context>
 <context>
  <name>DayForm</name>
  <message>
   <source>Briefing</source>
   <translation>Instrucciones de servicio</translation>
  </message>
  <message>
   <source>Cancelled. What was finished stands; run it again to go on.</source>
   <translation>Cancelado. Lo terminado se conserva; vuelva a ejecutarlo para continuar.</translation>
  </message>
  <message>
   <source>Day</source>
   <translation>Día</translation>
  </message>
  <message>
   <source>Done: {steps}.</source>
   <translation>Hecho: {steps}.</translation>
  </message>
  <message>
   <source>Everything was done already.</source>
   <translation>Ya estaba todo hecho.</translation>
  </message>
  <message>
   <source>Open the briefing</source>
   <translation>Abrir las instrucciones</translation>
  </message>
  <message>
   <source>Read what is new, forecast, plan, brief and publish ({keys}). What is done already is not done again.</source>
   <translation>Leer lo nuevo, pronosticar, planificar, escribir las instrucciones y publicar ({keys}). Lo que ya está hecho no se repite.</translation>
  </message>
  <message>
   <source>Run the day</source>
   <translation>Ejecutar el día</translation>
  </message>
  <message>
   <source>Show it on the map</source>
   <translation>Mostrarlo en el mapa</translation>
  </message>
  <message>
   <source>Starting...</source>
   <translation>Iniciando...</translation>
  </message>
  <message>
   <source>The day was not finished</source>
   <translation>El día no se ha terminado</translation>
  </message>
  <message>
   <source>This day</source>
   <translation>Este día</translation>
  </message>
  <message>
   <source>This workspace can only be read.</source>
   <translation>Este espacio de trabajo es de solo lectura.</translation>
  </message>
  <message>
   <source>Today, or after the newest data</source>
   <translation>Hoy, o el siguiente a los últimos datos</translation>
  </message>
  <message>
   <source>{date}: {boxes} boxes, {expected:.1f} incidents expected.</source>
   <translation>{date}: {boxes} recuadros, {expected:.1f} incidentes esperados.</translation>
  </message>
 </context>
 <context>
  <name>DeliveredTable</name>
  <message>
   <source>All shifts</source>
   <translation>Todos los turnos</translation>
  </message>
  <message>
   <source>Box</source>
   <translation>Recuadro</translation>
  </message>
  <message>
   <source>District and rank</source>
   <translation>Distrito y orden</translation>
  </message>
  <message>
   <source>Minutes</source>
   <translation>Minutos</translation>
  </message>
  <message>
   <source>Minutes with a unit in the box, of those planned</source>
   <translation>Minutos con una unidad en el recuadro, de los previstos</translation>
  </message>
  <message>
   <source>Outcome</source>
   <translation>Resultado</translation>
  </message>
  <message>
   <source>Shift</source>
   <translation>Turno</translation>
  </message>
  <message>
   <source>Show one shift alone</source>
   <translation>Mostrar un solo turno</translation>
  </message>
  <message>
   <source>Visits</source>
   <translation>Visitas</translation>
  </message>
  <message>
   <source>Visits made of visits planned</source>
   <translation>Visitas hechas de las previstas</translation>
  </message>
  <message>
   <source>{boxes} boxes: {parts}</source>
   <translation>{boxes} recuadros: {parts}</translation>
  </message>
  <message>
   <source>{made} of {planned}</source>
   <translation>{made} de {planned}</translation>
  </message>
 </context>
 <context>
  <name>DosageDock</name>
  <message>
   <source>All units</source>
   <translation>Todas las unidades</translation>
  </message>
  <message>
   <source>Comparing with the plan</source>
   <translation>Comparando con el plan</translation>
  </message>
  <message>
   <source>Day</source>
   <translation>Día</translation>
  </message>
  <message>
   <source>Measure patrol</source>
   <translation>Medir la patrulla</translation>
  </message>
  <message>
   <source>Measuring patrol</source>
   <translation>Midiendo la patrulla</translation>
  </message>
  <message>
   <source>Minutes</source>
   <translation>Minutos</translation>
  </message>
  <message>
   <source>Minutes by hour</source>
   <translation>Minutos por hora</translation>
  </message>
  <message>
   <source>Minutes not known</source>
   <translation>Minutos desconocidos</translation>
  </message>
  <message>
   <source>Minutes of all officers</source>
   <translation>Minutos de todos los agentes</translation>
  </message>
  <message>
   <source>Minutes of all units</source>
   <translation>Minutos de todas las unidades</translation>
  </message>
  <message>
   <source>Minutes with a unit present</source>
   <translation>Minutos con una unidad presente</translation>
  </message>
  <message>
   <source>No boxes were planned for {date}, so there is nothing to compare with.</source>
   <translation>No se previeron recuadros para el {date}, así que no hay con qué comparar.</translation>
  </message>
  <message>
   <source>No patrol was measured yet. Add a source with the role pings, the vehicle log, then measure it.</source>
   <translation>Todavía no se ha medido ninguna patrulla. Añada una fuente con el papel «pings», el registro de los vehículos, y mídala.</translation>
  </message>
  <message>
   <source>No workspace is open. Open one to see where patrol was, hour by hour.</source>
   <translation>No hay ningún espacio de trabajo abierto. Abra uno para ver dónde hubo patrulla, hora a hora.</translation>
  </message>
  <message>
   <source>Open a workspace</source>
   <translation>Abrir un espacio de trabajo</translation>
  </message>
  <message>
   <source>Open a workspace...</source>
   <translation>Abrir un espacio de trabajo...</translation>
  </message>
  <message>
   <source>Patrol and tracks</source>
   <translation>Patrulla y recorridos</translation>
  </message>
  <message>
   <source>Patrol of {date} is on the map.</source>
   <translation>La patrulla del {date} está en el mapa.</translation>
  </message>
  <message>
   <source>Patrol was not measured</source>
   <translation>La patrulla no se ha medido</translation>
  </message>
  <message>
   <source>Patrol was not shown</source>
   <translation>La patrulla no se ha mostrado</translation>
  </message>
  <message>
   <source>Planned and delivered</source>
   <translation>Previsto y cumplido</translation>
  </message>
  <message>
   <source>Reading minutes by hour</source>
   <translation>Leyendo los minutos por hora</translation>
  </message>
  <message>
   <source>Reading the workspace...</source>
   <translation>Leyendo el espacio de trabajo...</translation>
  </message>
  <message>
   <source>Reading tracks</source>
   <translation>Leyendo los recorridos</translation>
  </message>
  <message>
   <source>Show on the map</source>
   <translation>Mostrar en el mapa</translation>
  </message>
  <message>
   <source>Show what is ticked (Ctrl+Return)</source>
   <translation>Mostrar lo marcado (Ctrl+Intro)</translation>
  </message>
  <message>
   <source>Unit</source>
   <translation>Unidad</translation>
  </message>
  <message>
   <source>Unit tracks</source>
   <translation>Recorridos de las unidades</translation>
  </message>
  <message>
   <source>{folder} is no workspace: it has no evenbeat.toml. Choose another folder.</source>
   <translation>{folder} no es un espacio de trabajo: no tiene evenbeat.toml. Elija otra carpeta.</translation>
  </message>
 </context>
 <context>
  <name>EmptyFace</name>
  <message>
   <source>Cancel</source>
   <translation>Cancelar</translation>
  </message>
  <message>
   <source>Choose the folder that holds evenbeat.toml</source>
   <translation>Elija la carpeta que contiene evenbeat.toml</translation>
  </message>
  <message>
   <source>No plan for {date} yet. Run the day, then review its boxes here.</source>
   <translation>Todavía no hay plan para el {date}. Ejecute el día y después revise aquí sus recuadros.</translation>
  </message>
  <message>
   <source>No workspace is open, so there is nothing to review.</source>
   <translation>No hay ningún espacio de trabajo abierto, así que no hay nada que revisar.</translation>
  </message>
  <message>
   <source>Open a workspace...</source>
   <translation>Abrir un espacio de trabajo...</translation>
  </message>
  <message>
   <source>Read it</source>
   <translation>Leerlo</translation>
  </message>
  <message>
   <source>Reading the day. The engine may need some seconds to start...</source>
   <translation>Leyendo el día. El motor puede tardar unos segundos en iniciarse...</translation>
  </message>
  <message>
   <source>Reading the workspace...</source>
   <translation>Leyendo el espacio de trabajo...</translation>
  </message>
  <message>
   <source>Run the day...</source>
   <translation>Ejecutar el día...</translation>
  </message>
  <message>
   <source>Show the newest planned day</source>
   <translation>Mostrar el último día planificado</translation>
  </message>
  <message>
   <source>The day was not read.</source>
   <translation>El día no se ha leído.</translation>
  </message>
  <message>
   <source>Try again</source>
   <translation>Intentar de nuevo</translation>
  </message>
 </context>
 <context>
  <name>Engine</name>
  <message>
   <source>Cancelled; what was finished stands.</source>
   <translation>Cancelado; lo que ya estaba terminado se conserva.</translation>
  </message>
  <message>
   <source>In the folder of Evenbeat's sources, type: {command} Or choose another Python.</source>
   <translation>En la carpeta de las fuentes de Evenbeat, escriba: {command} O elija otro Python.</translation>
  </message>
  <message>
   <source>Is it a Python with Evenbeat?</source>
   <translation>¿Es un Python con Evenbeat?</translation>
  </message>
  <message>
   <source>Its last words: {words}</source>
   <translation>Sus últimas palabras: {words}</translation>
  </message>
  <message>
   <source>Open Settings &gt; Options &gt; Evenbeat: it shows what to type, and checks it.</source>
   <translation>Abra Configuración &gt; Opciones &gt; Evenbeat: muestra qué hay que escribir y lo comprueba.</translation>
  </message>
  <message>
   <source>QGIS and the workspace are unharmed; start it again. Where it happens again, it may lack memory: close other programs, or report it with the log messages of the Evenbeat tab.</source>
   <translation>QGIS y el espacio de trabajo están intactos; vuelva a iniciarlo. Si se repite, quizá falte memoria: cierre otros programas, o notifíquelo con los mensajes de la pestaña Evenbeat del registro.</translation>
  </message>
  <message>
   <source>The Evenbeat engine was not found: no Python with Evenbeat in the usual places, no {variable}, no evenbeat on the path.</source>
   <translation>No se ha encontrado el motor de Evenbeat: no hay un Python con Evenbeat en los lugares habituales, ni {variable}, ni evenbeat en la ruta de programas.</translation>
  </message>
  <message>
   <source>The engine did not answer and was stopped.</source>
   <translation>El motor no respondía y se ha detenido.</translation>
  </message>
  <message>
   <source>The engine ended with code {code} in the middle of its work.</source>
   <translation>El motor terminó con el código {code} en mitad del trabajo.</translation>
  </message>
  <message>
   <source>The engine was ended from outside in the middle of its work.</source>
   <translation>El motor fue cerrado desde fuera en mitad del trabajo.</translation>
  </message>
  <message>
   <source>The engine {version} speaks protocol {spoken}, this plugin speaks {own}.</source>
   <translation>El motor {version} habla el protocolo {spoken}; este complemento, el {own}.</translation>
  </message>
  <message>
   <source>Update the engine: install it again from the sources of this plugin's version.</source>
   <translation>Actualice el motor: instálelo de nuevo desde las fuentes de la versión de este complemento.</translation>
  </message>
  <message>
   <source>Update the plugin in Plugins &gt; Manage and Install Plugins.</source>
   <translation>Actualice el complemento en Complementos &gt; Administrar e instalar complementos.</translation>
  </message>
  <message>
   <source>{python} could not be started: {reason}.</source>
   <translation>No se ha podido iniciar {python}: {reason}.</translation>
  </message>
  <message>
   <source>{python} ended before it answered ({words}).</source>
   <translation>{python} terminó antes de responder ({words}).</translation>
  </message>
  <message>
   <source>{python} is a Python, but Evenbeat is not installed in it.</source>
   <translation>{python} es un Python, pero no tiene Evenbeat instalado.</translation>
  </message>
  <message>
   <source>{python} started, but did not answer within {seconds:.0f} seconds.</source>
   <translation>{python} se inició, pero no respondió en {seconds:.0f} segundos.</translation>
  </message>
  <message>
   <source>{python} wrote what is not the engine's language: {shown!r}.</source>
   <translation>{python} escribió algo que no es el lenguaje del motor: {shown!r}.</translation>
  </message>
 </context>
 <context>
  <name>EngineLight</name>
  <message>
   <source>The engine does not run: {detail} Click to set it up.</source>
   <translation>El motor no funciona: {detail} Haga clic para configurarlo.</translation>
  </message>
  <message>
   <source>The engine is asleep; it starts with the first step.</source>
   <translation>El motor está en reposo; se inicia con el primer paso.</translation>
  </message>
  <message>
   <source>The engine is ready.</source>
   <translation>El motor está listo.</translation>
  </message>
  <message>
   <source>The engine is starting...</source>
   <translation>El motor se está iniciando...</translation>
  </message>
  <message>
   <source>The engine works: {detail}.</source>
   <translation>El motor está trabajando: {detail}.</translation>
  </message>
 </context>
 <context>
  <name>EvenbeatProvider</name>
  <message>
   <source>Evenbeat: directed patrols</source>
   <translation>Evenbeat: patrullas dirigidas</translation>
  </message>
 </context>
 <context>
  <name>Expressions</name>
  <message>
   <source>Example</source>
   <translation>Ejemplo</translation>
  </message>
  <message>
   <source>Expected incidents of a crime type in a shift: an average, neither a probability nor a prediction that a crime will occur.</source>
   <translation>Incidentes esperados de un tipo de delito en un turno: una media, ni una probabilidad ni la predicción de que ocurrirá un delito.</translation>
  </message>
  <message>
   <source>Minutes with a unit present on a measured day.</source>
   <translation>Minutos con una unidad presente en un día medido.</translation>
  </message>
  <message>
   <source>Of a polygon, the sum over the cells whose centre is inside; of a point, its cell.</source>
   <translation>De un polígono, la suma de las celdas cuyo centro está dentro; de un punto, su celda.</translation>
  </message>
  <message>
   <source>Percent of all cells that have a lower value than the cell in the geometry's middle: 99 is the highest 1 % of the area.</source>
   <translation>Porcentaje de celdas con un valor menor que la del centro de la geometría: 99 es el 1 % más alto de la superficie.</translation>
  </message>
  <message>
   <source>Priority in a shift: risks weighted by severity and preventability.</source>
   <translation>Prioridad en un turno: riesgos ponderados por gravedad y por cuánto se pueden prevenir.</translation>
  </message>
  <message>
   <source>The first call asks the engine and takes some seconds; the answer is kept.</source>
   <translation>La primera llamada pregunta al motor y tarda unos segundos; la respuesta se guarda.</translation>
  </message>
  <message>
   <source>The geometry is outside of the CRS: </source>
   <translation>La geometría está fuera del SRC: </translation>
  </message>
  <message>
   <source>The project has no workspace. Open one in the panel of workspace and layers, or set the project's variable {name}.</source>
   <translation>El proyecto no tiene espacio de trabajo. Abra uno en el panel de espacio de trabajo y capas, o fije la variable {name} del proyecto.</translation>
  </message>
  <message>
   <source>a crime type of the workspace, such as 'robbery', or 'all'</source>
   <translation>un tipo de delito del espacio de trabajo, por ejemplo 'robbery', o 'all'</translation>
  </message>
  <message>
   <source>a crime type, 'all' or 'priority'</source>
   <translation>un tipo de delito, 'all' o 'priority'</translation>
  </message>
  <message>
   <source>a day with a forecast; by default the project's variable evenbeat_date</source>
   <translation>un día con pronóstico; si falta, la variable evenbeat_date del proyecto</translation>
  </message>
  <message>
   <source>a measured day, such as '2017-01-02'</source>
   <translation>un día medido, por ejemplo '2017-01-02'</translation>
  </message>
  <message>
   <source>a shift of the workspace, such as 'night'</source>
   <translation>un turno del espacio de trabajo, por ejemplo 'night'</translation>
  </message>
  <message>
   <source>by default the feature's own, in the layer's CRS</source>
   <translation>si falta, la del propio objeto, en el SRC de la capa</translation>
  </message>
  <message>
   <source>{name} takes {fewest} to {most} values, got {count}.</source>
   <translation>{name} admite de {fewest} a {most} valores, y ha recibido {count}.</translation>
  </message>
 </context>
 <context>
  <name>FactorsModel</name>
  <message>
   <source>Counts as everywhere</source>
   <translation>Cuenta como en todas partes</translation>
  </message>
  <message>
   <source>Counts {value:g} times as much as elsewhere</source>
   <translation>Cuenta {value:g} veces lo que en otros sitios</translation>
  </message>
  <message>
   <source>Does not count here</source>
   <translation>Aquí no cuenta</translation>
  </message>
  <message>
   <source>Weight</source>
   <translation>Peso</translation>
  </message>
  <message>
   <source>Weight of one such crime, everywhere</source>
   <translation>Peso de un delito así, en todas partes</translation>
  </message>
 </context>
 <context>
  <name>Gauges</name>
  <message>
   <source>this box</source>
   <translation>este recuadro</translation>
  </message>
 </context>
 <context>
  <name>Help</name>
  <message>
   <source>Help (F1)</source>
   <translation>Ayuda (F1)</translation>
  </message>
 </context>
 <context>
  <name>History</name>
  <message>
   <source>Boxes</source>
   <translation>Recuadros</translation>
  </message>
  <message>
   <source>By</source>
   <translation>Por</translation>
  </message>
  <message>
   <source>Day</source>
   <translation>Día</translation>
  </message>
  <message>
   <source>Expected</source>
   <translation>Esperados</translation>
  </message>
  <message>
   <source>Made</source>
   <translation>Hecha</translation>
  </message>
  <message>
   <source>State</source>
   <translation>Estado</translation>
  </message>
  <message>
   <source>briefed</source>
   <translation>con instrucciones</translation>
  </message>
  <message>
   <source>forecast</source>
   <translation>pronosticado</translation>
  </message>
  <message>
   <source>not finished</source>
   <translation>sin terminar</translation>
  </message>
  <message>
   <source>planned</source>
   <translation>planificado</translation>
  </message>
  <message>
   <source>published</source>
   <translation>publicado</translation>
  </message>
  <message>
   <source>replaced</source>
   <translation>sustituido</translation>
  </message>
 </context>
 <context>
  <name>HourBars</name>
  <message>
   <source>Minutes of patrol by hour</source>
   <translation>Minutos de patrulla por hora</translation>
  </message>
  <message>
   <source>{hour}: {minutes:,.0f} min</source>
   <translation>{hour}: {minutes:,.0f} min</translation>
  </message>
 </context>
 <context>
  <name>Interface</name>
  <message>
   <source>Briefing</source>
   <translation>Instrucciones de servicio</translation>
  </message>
  <message>
   <source>Engine and settings...</source>
   <translation>Motor y ajustes...</translation>
  </message>
  <message>
   <source>Help</source>
   <translation>Ayuda</translation>
  </message>
  <message>
   <source>Patrol and tracks</source>
   <translation>Patrulla y recorridos</translation>
  </message>
  <message>
   <source>Review</source>
   <translation>Revisión</translation>
  </message>
  <message>
   <source>Run</source>
   <translation>Ejecución</translation>
  </message>
  <message>
   <source>Tile services</source>
   <translation>Servicios de teselas</translation>
  </message>
  <message>
   <source>Workspace and layers</source>
   <translation>Espacio de trabajo y capas</translation>
  </message>
 </context>
 <context>
  <name>KeyHelp</name>
  <message>
   <source>Keys</source>
   <translation>Teclas</translation>
  </message>
  <message>
   <source>They work in the list, and on the map after M, E or +. Esc leaves what was begun.</source>
   <translation>Funcionan en la lista, y en el mapa tras M, E o +. Esc abandona lo empezado.</translation>
  </message>
 </context>
 <context>
  <name>LayerChecker</name>
  <message>
   <source>Checking the layer...</source>
   <translation>Comprobando la capa...</translation>
  </message>
  <message>
   <source>Copying the layer...</source>
   <translation>Copiando la capa...</translation>
  </message>
 </context>
 <context>
  <name>LayerDialog</name>
  <message>
   <source>Add a layer</source>
   <translation>Añadir una capa</translation>
  </message>
  <message>
   <source>Add it</source>
   <translation>Añadir</translation>
  </message>
  <message>
   <source>Check</source>
   <translation>Comprobación</translation>
  </message>
  <message>
   <source>Checking the layer...</source>
   <translation>Comprobando la capa...</translation>
  </message>
  <message>
   <source>Choose the columns: {names}.</source>
   <translation>Elija las columnas: {names}.</translation>
  </message>
  <message>
   <source>Keep both</source>
   <translation>Conservar ambas</translation>
  </message>
  <message>
   <source>Replace</source>
   <translation>Sustituir</translation>
  </message>
  <message>
   <source>Save</source>
   <translation>Guardar</translation>
  </message>
  <message>
   <source>Source</source>
   <translation>Fuente</translation>
  </message>
  <message>
   <source>The project has no vector layer yet. Add the layer to QGIS first.</source>
   <translation>El proyecto todavía no tiene ninguna capa vectorial. Añada antes la capa a QGIS.</translation>
  </message>
  <message>
   <source>The workspace has a copy of a layer named {name} in this role. Replace it, or keep both?</source>
   <translation>El espacio de trabajo tiene una copia de una capa llamada {name} en este papel. ¿Sustituirla o conservar ambas?</translation>
  </message>
  <message>
   <source>{count} units in {districts} districts.</source>
   <translation>{count} unidades en {districts} distritos.</translation>
  </message>
  <message>
   <source>{what} is in the settings as {role}.</source>
   <translation>{what} está en los ajustes como {role}.</translation>
  </message>
 </context>
 <context>
  <name>LayerForm</name>
  <message>
   <source>Category of all</source>
   <translation>Categoría de todos</translation>
  </message>
  <message>
   <source>Keep a copy of what is read in the workspace</source>
   <translation>Guardar en el espacio de trabajo una copia de lo leído</translation>
  </message>
  <message>
   <source>Layer</source>
   <translation>Capa</translation>
  </message>
  <message>
   <source>Read the layer's file, each time it changed</source>
   <translation>Leer el archivo de la capa cada vez que cambie</translation>
  </message>
  <message>
   <source>Role</source>
   <translation>Papel</translation>
  </message>
  <message>
   <source>Source</source>
   <translation>Fuente</translation>
  </message>
  <message>
   <source>The layer has a filter, joins or unsaved edits, or is not a file that the engine reads.</source>
   <translation>La capa tiene un filtro, uniones o ediciones sin guardar, o no es un archivo que el motor lea.</translation>
  </message>
  <message>
   <source>from the column below</source>
   <translation>de la columna de abajo</translation>
  </message>
 </context>
 <context>
  <name>Legends</name>
  <message>
   <source>falls</source>
   <translation>baja</translation>
  </message>
  <message>
   <source>falls most</source>
   <translation>baja más</translation>
  </message>
  <message>
   <source>little change</source>
   <translation>poco cambio</translation>
  </message>
  <message>
   <source>rises</source>
   <translation>sube</translation>
  </message>
  <message>
   <source>rises most</source>
   <translation>sube más</translation>
  </message>
  <message>
   <source>top {share} % of the area</source>
   <translation>el {share} % más alto del área</translation>
  </message>
 </context>
 <context>
  <name>Locator</name>
  <message>
   <source>Boxes</source>
   <translation>Recuadros</translation>
  </message>
  <message>
   <source>Districts</source>
   <translation>Distritos</translation>
  </message>
  <message>
   <source>Evenbeat: boxes, districts, runs</source>
   <translation>Evenbeat: recuadros, distritos, ejecuciones</translation>
  </message>
  <message>
   <source>Run of {date}</source>
   <translation>Ejecución del {date}</translation>
  </message>
  <message>
   <source>Runs</source>
   <translation>Ejecuciones</translation>
  </message>
  <message>
   <source>The map's CRS does not reach there.</source>
   <translation>El SRC del mapa no llega hasta allí.</translation>
  </message>
  <message>
   <source>The project has no workspace. Open one in the panel of workspace and layers.</source>
   <translation>El proyecto no tiene espacio de trabajo. Abra uno en el panel de espacio de trabajo y capas.</translation>
  </message>
  <message>
   <source>The run of {date} is on the map.</source>
   <translation>La ejecución del {date} está en el mapa.</translation>
  </message>
  <message>
   <source>The run was not shown</source>
   <translation>La ejecución no se ha mostrado</translation>
  </message>
  <message>
   <source>an older one</source>
   <translation>una anterior</translation>
  </message>
  <message>
   <source>counts for its day</source>
   <translation>la vigente de su día</translation>
  </message>
  <message>
   <source>district {key}</source>
   <translation>distrito {key}</translation>
  </message>
  <message>
   <source>no plan</source>
   <translation>sin plan</translation>
  </message>
  <message>
   <source>{count} boxes</source>
   <translation>{count} recuadros</translation>
  </message>
  <message>
   <source>{shift}, {district}, {minutes:.0f} min, {state}</source>
   <translation>{shift}, {district}, {minutes:.0f} min, {state}</translation>
  </message>
 </context>
 <context>
  <name>Messages</name>
  <message>
   <source>Details...</source>
   <translation>Detalles...</translation>
  </message>
 </context>
 <context>
  <name>NewWorkspaceDialog</name>
  <message>
   <source>A workspace is a folder that holds the settings, what was read of your layers, and every forecast and plan.</source>
   <translation>Un espacio de trabajo es una carpeta con los ajustes, lo leído de sus capas y todos los pronósticos y planes.</translation>
  </message>
  <message>
   <source>Agency</source>
   <translation>Organismo</translation>
  </message>
  <message>
   <source>An empty folder, or a new one</source>
   <translation>Una carpeta vacía, o una nueva</translation>
  </message>
  <message>
   <source>By itself: the UTM zone of the districts</source>
   <translation>Automático: la zona UTM de los distritos</translation>
  </message>
  <message>
   <source>CRS</source>
   <translation>SRC</translation>
  </message>
  <message>
   <source>Folder</source>
   <translation>Carpeta</translation>
  </message>
  <message>
   <source>Folder of the new workspace</source>
   <translation>Carpeta del nuevo espacio de trabajo</translation>
  </message>
  <message>
   <source>Make it</source>
   <translation>Crear</translation>
  </message>
  <message>
   <source>Making the workspace...</source>
   <translation>Creando el espacio de trabajo...</translation>
  </message>
  <message>
   <source>New Evenbeat workspace</source>
   <translation>Nuevo espacio de trabajo de Evenbeat</translation>
  </message>
  <message>
   <source>Shown on every page</source>
   <translation>Aparece en todas las páginas</translation>
  </message>
  <message>
   <source>Time zone</source>
   <translation>Zona horaria</translation>
  </message>
 </context>
 <context>
  <name>Offer</name>
  <message>
   <source>Add as</source>
   <translation>Añadir como</translation>
  </message>
  <message>
   <source>Add the layer (Ctrl+Return)</source>
   <translation>Añadir la capa (Ctrl+Intro)</translation>
  </message>
  <message>
   <source>Add to the map</source>
   <translation>Añadir al mapa</translation>
  </message>
  <message>
   <source>Day</source>
   <translation>Día</translation>
  </message>
  <message>
   <source>Every shift in its time</source>
   <translation>Cada turno en su momento</translation>
  </message>
  <message>
   <source>Newest, and what follows</source>
   <translation>Lo más reciente y lo que siga</translation>
  </message>
  <message>
   <source>QGIS 3.40 and newer move it with the temporal controller; older versions show the chosen day.</source>
   <translation>QGIS 3.40 y posteriores lo mueven con el controlador temporal; las versiones anteriores muestran el día elegido.</translation>
  </message>
  <message>
   <source>Shift</source>
   <translation>Turno</translation>
  </message>
  <message>
   <source>Style</source>
   <translation>Estilo</translation>
  </message>
  <message>
   <source>Tiles (WMTS), with values and legend</source>
   <translation>Teselas (WMTS), con valores y leyenda</translation>
  </message>
  <message>
   <source>Tiles (XYZ), the fastest</source>
   <translation>Teselas (XYZ), lo más rápido</translation>
  </message>
  <message>
   <source>Vector tiles</source>
   <translation>Teselas vectoriales</translation>
  </message>
  <message>
   <source>{count} layers, one a shift, at most the newest {most}; the temporal controller goes through them.</source>
   <translation>{count} capas, una por turno, como mucho las {most} más recientes; el controlador temporal las recorre.</translation>
  </message>
 </context>
 <context>
  <name>Patrol</name>
  <message>
   <source>Minutes by hour, {date}</source>
   <translation>Minutos por hora, {date}</translation>
  </message>
  <message>
   <source>Planned and delivered, {date}</source>
   <translation>Previsto y cumplido, {date}</translation>
  </message>
  <message>
   <source>Positions</source>
   <translation>Posiciones</translation>
  </message>
  <message>
   <source>Tracks</source>
   <translation>Recorridos</translation>
  </message>
  <message>
   <source>Unit tracks, {date}</source>
   <translation>Recorridos de las unidades, {date}</translation>
  </message>
  <message>
   <source>driving</source>
   <translation>en marcha</translation>
  </message>
  <message>
   <source>not known</source>
   <translation>desconocido</translation>
  </message>
  <message>
   <source>not visited</source>
   <translation>no visitado</translation>
  </message>
  <message>
   <source>over {lower} min</source>
   <translation>más de {lower} min</translation>
  </message>
  <message>
   <source>partly visited</source>
   <translation>visitado en parte</translation>
  </message>
  <message>
   <source>slow</source>
   <translation>despacio</translation>
  </message>
  <message>
   <source>standing</source>
   <translation>parado</translation>
  </message>
  <message>
   <source>visited</source>
   <translation>visitado</translation>
  </message>
  <message>
   <source>{lower} to {upper} min</source>
   <translation>de {lower} a {upper} min</translation>
  </message>
  <message>
   <source>{name} cannot be read as a raster.</source>
   <translation>{name} no se puede leer como ráster.</translation>
  </message>
 </context>
 <context>
  <name>PrioritiesPage</name>
  <message>
   <source>1 change is not saved.</source>
   <translation>Hay 1 cambio sin guardar.</translation>
  </message>
  <message>
   <source>A preview needs a forecast: run a day first.</source>
   <translation>La vista previa necesita un pronóstico: ejecute antes un día.</translation>
  </message>
  <message>
   <source>Back to 1</source>
   <translation>Volver a 1</translation>
  </message>
  <message>
   <source>Draw the priority surface under these factors, at once</source>
   <translation>Dibujar al momento la superficie de prioridad con estos factores</translation>
  </message>
  <message>
   <source>Factors</source>
   <translation>Factores</translation>
  </message>
  <message>
   <source>Give every selected cell this factor; Del is 1</source>
   <translation>Dar este factor a todas las casillas seleccionadas; Supr es 1</translation>
  </message>
  <message>
   <source>No district is known yet: read the districts first.</source>
   <translation>Todavía no se conoce ningún distrito: lea antes los distritos.</translation>
  </message>
  <message>
   <source>Preview on the map</source>
   <translation>Vista previa en el mapa</translation>
  </message>
  <message>
   <source>Priority is the forecast, times the weight of the crime type, times these factors. They move patrol; the forecast itself stays.</source>
   <translation>La prioridad es el pronóstico, por el peso del tipo de delito, por estos factores. Mueven la patrulla; el pronóstico no cambia.</translation>
  </message>
  <message>
   <source>Revert</source>
   <translation>Deshacer cambios</translation>
  </message>
  <message>
   <source>Save</source>
   <translation>Guardar</translation>
  </message>
  <message>
   <source>Set selected</source>
   <translation>Fijar en la selección</translation>
  </message>
  <message>
   <source>Shift of the preview</source>
   <translation>Turno de la vista previa</translation>
  </message>
  <message>
   <source>The factors are saved. They count from the next plan on.</source>
   <translation>Los factores están guardados. Cuentan desde el próximo plan.</translation>
  </message>
  <message>
   <source>The factors were not saved</source>
   <translation>Los factores no se han guardado</translation>
  </message>
  <message>
   <source>The priorities cannot be read</source>
   <translation>No se pueden leer las prioridades</translation>
  </message>
  <message>
   <source>There is no preview</source>
   <translation>No hay vista previa</translation>
  </message>
  <message>
   <source>Write the factors; they count from the next plan on</source>
   <translation>Escribir los factores; cuentan desde el próximo plan</translation>
  </message>
  <message>
   <source>by district</source>
   <translation>por distrito</translation>
  </message>
  <message>
   <source>by shift</source>
   <translation>por turno</translation>
  </message>
  <message>
   <source>{count} changes are not saved.</source>
   <translation>Hay {count} cambios sin guardar.</translation>
  </message>
 </context>
 <context>
  <name>PriorityPreview</name>
  <message>
   <source>Computing the preview...</source>
   <translation>Calculando la vista previa...</translation>
  </message>
  <message>
   <source>Preview</source>
   <translation>Vista previa</translation>
  </message>
  <message>
   <source>Preview of the priority, {shift}</source>
   <translation>Vista previa de la prioridad, {shift}</translation>
  </message>
 </context>
 <context>
  <name>ProgressLine</name>
  <message>
   <source>Cancel</source>
   <translation>Cancelar</translation>
  </message>
  <message>
   <source>Cancelling...</source>
   <translation>Cancelando...</translation>
  </message>
  <message>
   <source>about {number:.0f} min left</source>
   <translation>quedan unos {number:.0f} min</translation>
  </message>
  <message>
   <source>about {number:.0f} s left</source>
   <translation>quedan unos {number:.0f} s</translation>
  </message>
 </context>
 <context>
  <name>ReasonStrip</name>
  <message>
   <source> days</source>
   <translation> días</translation>
  </message>
  <message>
   <source>1 to {last}, or another reason and Enter</source>
   <translation>De 1 a {last}, u otro motivo e Intro</translation>
  </message>
  <message>
   <source>At least {count} letters: it is kept in the log</source>
   <translation>Al menos {count} letras: queda en el registro</translation>
  </message>
  <message>
   <source>Cancel (Esc)</source>
   <translation>Cancelar (Esc)</translation>
  </message>
  <message>
   <source>Edit the list...</source>
   <translation>Editar la lista...</translation>
  </message>
  <message>
   <source>Keep out for</source>
   <translation>Excluir durante</translation>
  </message>
  <message>
   <source>Key {number}</source>
   <translation>Tecla {number}</translation>
  </message>
  <message>
   <source>Type it, then Enter</source>
   <translation>Escríbalo y pulse Intro</translation>
  </message>
  <message>
   <source>the usual days</source>
   <translation>los días habituales</translation>
  </message>
 </context>
 <context>
  <name>ReasonsDialog</name>
  <message>
   <source>One reason a line, for: {action}. The first {most} get a number. They are kept in the workspace's settings, for everyone.</source>
   <translation>Un motivo por línea, para: {action}. Los primeros {most} llevan número. Se guardan en los ajustes del espacio de trabajo, para todos.</translation>
  </message>
  <message>
   <source>Reasons to choose from</source>
   <translation>Motivos para elegir</translation>
  </message>
 </context>
 <context>
  <name>ResultsOnMap</name>
  <message>
   <source>Comparing the runs...</source>
   <translation>Comparando las ejecuciones...</translation>
  </message>
  <message>
   <source>The run is not shown</source>
   <translation>La ejecución no se muestra</translation>
  </message>
  <message>
   <source>There is no difference to show</source>
   <translation>No hay diferencia que mostrar</translation>
  </message>
  <message>
   <source>Writing the rasters...</source>
   <translation>Escribiendo los rásteres...</translation>
  </message>
  <message>
   <source>{day} is on the map.</source>
   <translation>{day} está en el mapa.</translation>
  </message>
  <message>
   <source>{newer} minus {older}</source>
   <translation>{newer} menos {older}</translation>
  </message>
  <message>
   <source>{what} is on the map.</source>
   <translation>{what} está en el mapa.</translation>
  </message>
 </context>
 <context>
  <name>ReviewActions</name>
  <message>
   <source>Add</source>
   <translation>Añadir</translation>
  </message>
  <message>
   <source>Approve</source>
   <translation>Aprobar</translation>
  </message>
  <message>
   <source>Back</source>
   <translation>Anterior</translation>
  </message>
  <message>
   <source>Move</source>
   <translation>Mover</translation>
  </message>
  <message>
   <source>Next</source>
   <translation>Siguiente</translation>
  </message>
  <message>
   <source>Note</source>
   <translation>Nota</translation>
  </message>
  <message>
   <source>Reject</source>
   <translation>Rechazar</translation>
  </message>
  <message>
   <source>Resize</source>
   <translation>Redimensionar</translation>
  </message>
  <message>
   <source>Suppress</source>
   <translation>Suprimir</translation>
  </message>
  <message>
   <source>Undo</source>
   <translation>Deshacer</translation>
  </message>
 </context>
 <context>
  <name>ReviewDock</name>
  <message>
   <source>Review</source>
   <translation>Revisión</translation>
  </message>
 </context>
 <context>
  <name>ReviewFlow</name>
  <message>
   <source>All boxes of the day are reviewed.</source>
   <translation>Todos los recuadros del día están revisados.</translation>
  </message>
  <message>
   <source>Click cells on the map, or drag over them; Enter or the right button is done. A box has 1 to 9 cells that touch. Esc leaves it.</source>
   <translation>Haga clic en celdas del mapa, o arrastre sobre ellas; Intro o el botón derecho termina. Un recuadro tiene de 1 a 9 celdas contiguas. Esc lo abandona.</translation>
  </message>
  <message>
   <source>Drag the box on the map to where it should be. Esc leaves it.</source>
   <translation>Arrastre el recuadro en el mapa hasta donde deba estar. Esc lo abandona.</translation>
  </message>
  <message>
   <source>Nothing was changed. {why}</source>
   <translation>No se ha cambiado nada. {why}</translation>
  </message>
  <message>
   <source>Override...</source>
   <translation>Forzar...</translation>
  </message>
  <message>
   <source>Somebody else changed this day; the list is up to date again.</source>
   <translation>Otra persona ha cambiado este día; la lista vuelve a estar al día.</translation>
  </message>
  <message>
   <source>The reasons were not saved</source>
   <translation>Los motivos no se han guardado</translation>
  </message>
  <message>
   <source>The review did not go on</source>
   <translation>La revisión no ha continuado</translation>
  </message>
  <message>
   <source>The workspace can only be read, so nothing can be decided here.</source>
   <translation>El espacio de trabajo es de solo lectura; aquí no se puede decidir nada.</translation>
  </message>
  <message>
   <source>There is no decision to take back.</source>
   <translation>No hay ninguna decisión que deshacer.</translation>
  </message>
  <message>
   <source>This is not possible for the box as it stands. Possible: {actions}.</source>
   <translation>No es posible con el recuadro tal como está. Posible: {actions}.</translation>
  </message>
  <message>
   <source>Why, although the cap forbids it? It is marked for good.</source>
   <translation>¿Por qué, aunque el tope lo prohíbe? Queda marcado para siempre.</translation>
  </message>
  <message>
   <source>and {more} more</source>
   <translation>y {more} más</translation>
  </message>
  <message>
   <source>no role</source>
   <translation>sin rol</translation>
  </message>
  <message>
   <source>nothing</source>
   <translation>nada</translation>
  </message>
  <message>
   <source>{actor} ({role}) may look, not decide. Roles are under [review.roles] of evenbeat.toml.</source>
   <translation>{actor} ({role}) puede mirar, no decidir. Los roles están en [review.roles] de evenbeat.toml.</translation>
  </message>
 </context>
 <context>
  <name>ReviewKeys</name>
  <message>
   <source>Add a box: choose cells on the map</source>
   <translation>Añadir un recuadro: elija celdas en el mapa</translation>
  </message>
  <message>
   <source>Approve, and go on</source>
   <translation>Aprobar y seguir</translation>
  </message>
  <message>
   <source>Find the box on the map</source>
   <translation>Buscar el recuadro en el mapa</translation>
  </message>
  <message>
   <source>Move: drag the box on the map</source>
   <translation>Mover: arrastre el recuadro en el mapa</translation>
  </message>
  <message>
   <source>Next box</source>
   <translation>Recuadro siguiente</translation>
  </message>
  <message>
   <source>Previous box</source>
   <translation>Recuadro anterior</translation>
  </message>
  <message>
   <source>Read the day again</source>
   <translation>Leer el día de nuevo</translation>
  </message>
  <message>
   <source>Reject; then 1 to 9 is the reason</source>
   <translation>Rechazar; después, de 1 a 9 es el motivo</translation>
  </message>
  <message>
   <source>Resize: choose its cells on the map</source>
   <translation>Redimensionar: elija sus celdas en el mapa</translation>
  </message>
  <message>
   <source>Show or hide these keys</source>
   <translation>Mostrar u ocultar estas teclas</translation>
  </message>
  <message>
   <source>Suppress: reject, and keep the place out</source>
   <translation>Suprimir: rechazar y excluir el lugar</translation>
  </message>
  <message>
   <source>Undo your last decision</source>
   <translation>Deshacer su última decisión</translation>
  </message>
  <message>
   <source>Write a note</source>
   <translation>Escribir una nota</translation>
  </message>
 </context>
 <context>
  <name>ReviewStates</name>
  <message>
   <source>approved</source>
   <translation>aprobado</translation>
  </message>
  <message>
   <source>expired</source>
   <translation>caducado</translation>
  </message>
  <message>
   <source>rejected</source>
   <translation>rechazado</translation>
  </message>
  <message>
   <source>replaced</source>
   <translation>sustituido</translation>
  </message>
  <message>
   <source>to review</source>
   <translation>por revisar</translation>
  </message>
 </context>
 <context>
  <name>ReviewWords</name>
  <message>
   <source>Note for {box}</source>
   <translation>Nota para {box}</translation>
  </message>
  <message>
   <source>The system</source>
   <translation>El sistema</translation>
  </message>
  <message>
   <source>Why a box there?</source>
   <translation>¿Por qué un recuadro ahí?</translation>
  </message>
  <message>
   <source>Why move {box} there?</source>
   <translation>¿Por qué mover {box} ahí?</translation>
  </message>
  <message>
   <source>Why reject {box}?</source>
   <translation>¿Por qué rechazar {box}?</translation>
  </message>
  <message>
   <source>Why suppress {box}?</source>
   <translation>¿Por qué suprimir {box}?</translation>
  </message>
  <message>
   <source>Why take back what was decided about {box}?</source>
   <translation>¿Por qué deshacer lo decidido sobre {box}?</translation>
  </message>
  <message>
   <source>Why these cells for {box}?</source>
   <translation>¿Por qué estas celdas para {box}?</translation>
  </message>
  <message>
   <source>added</source>
   <translation>añadió</translation>
  </message>
  <message>
   <source>approved</source>
   <translation>aprobó</translation>
  </message>
  <message>
   <source>box {rank} of district {district} ({shift})</source>
   <translation>el recuadro {rank} del distrito {district} ({shift})</translation>
  </message>
  <message>
   <source>expired</source>
   <translation>caducó</translation>
  </message>
  <message>
   <source>kept the area out</source>
   <translation>excluyó la zona</translation>
  </message>
  <message>
   <source>moved</source>
   <translation>movió</translation>
  </message>
  <message>
   <source>noted</source>
   <translation>anotó</translation>
  </message>
  <message>
   <source>rejected</source>
   <translation>rechazó</translation>
  </message>
  <message>
   <source>replaced by a new plan</source>
   <translation>sustituyó por un plan nuevo</translation>
  </message>
  <message>
   <source>resized</source>
   <translation>redimensionó</translation>
  </message>
  <message>
   <source>suppressed</source>
   <translation>suprimió</translation>
  </message>
  <message>
   <source>the changed box</source>
   <translation>el recuadro cambiado</translation>
  </message>
  <message>
   <source>the new box</source>
   <translation>el recuadro nuevo</translation>
  </message>
  <message>
   <source>took the last decision back</source>
   <translation>deshizo la última decisión</translation>
  </message>
  <message>
   <source>{who}: {box} is {state}</source>
   <translation>{who}: {box} está {state}</translation>
  </message>
 </context>
 <context>
  <name>Roles</name>
  <message>
   <source>A row a day: temperature, rain, snow, wind</source>
   <translation>Una fila por día: temperatura, lluvia, nieve, viento</translation>
  </message>
  <message>
   <source>Alerts of acoustic sensors; they need no class</source>
   <translation>Alertas de sensores acústicos; no necesitan clase</translation>
  </message>
  <message>
   <source>Announced on</source>
   <translation>Anunciado el</translation>
  </message>
  <message>
   <source>Areas for fair shares and for reports</source>
   <translation>Zonas para el reparto equitativo y los informes</translation>
  </message>
  <message>
   <source>Arrest made</source>
   <translation>Detención practicada</translation>
  </message>
  <message>
   <source>Bars, shops, stops, parks... each with a category</source>
   <translation>Bares, tiendas, paradas, parques... cada uno con su categoría</translation>
  </message>
  <message>
   <source>Beats or districts that get boxes of their own</source>
   <translation>Cuadrantes o distritos que reciben recuadros propios</translation>
  </message>
  <message>
   <source>Boundary</source>
   <translation>Límite</translation>
  </message>
  <message>
   <source>Category</source>
   <translation>Categoría</translation>
  </message>
  <message>
   <source>Class of crime</source>
   <translation>Clase de delito</translation>
  </message>
  <message>
   <source>Day</source>
   <translation>Día</translation>
  </message>
  <message>
   <source>District</source>
   <translation>Distrito</translation>
  </message>
  <message>
   <source>Districts</source>
   <translation>Distritos</translation>
  </message>
  <message>
   <source>Ends</source>
   <translation>Termina</translation>
  </message>
  <message>
   <source>Events</source>
   <translation>Eventos</translation>
  </message>
  <message>
   <source>Expected attendance</source>
   <translation>Asistencia prevista</translation>
  </message>
  <message>
   <source>Gone since</source>
   <translation>Desaparecido desde</translation>
  </message>
  <message>
   <source>Gunfire alerts</source>
   <translation>Alertas de disparos</translation>
  </message>
  <message>
   <source>How it became known</source>
   <translation>Cómo se supo</translation>
  </message>
  <message>
   <source>Identifier</source>
   <translation>Identificador</translation>
  </message>
  <message>
   <source>Incidents</source>
   <translation>Incidentes</translation>
  </message>
  <message>
   <source>Last updated</source>
   <translation>Última actualización</translation>
  </message>
  <message>
   <source>Matches, concerts, markets... with their times</source>
   <translation>Partidos, conciertos, mercados... con sus horas</translation>
  </message>
  <message>
   <source>Minutes for directed patrol</source>
   <translation>Minutos para patrulla dirigida</translation>
  </message>
  <message>
   <source>Name</source>
   <translation>Nombre</translation>
  </message>
  <message>
   <source>Neighbourhoods</source>
   <translation>Barrios</translation>
  </message>
  <message>
   <source>Occurred from</source>
   <translation>Ocurrido desde</translation>
  </message>
  <message>
   <source>Occurred to</source>
   <translation>Ocurrido hasta</translation>
  </message>
  <message>
   <source>Outline of the jurisdiction; or the districts</source>
   <translation>Contorno de la jurisdicción; o los distritos</translation>
  </message>
  <message>
   <source>Places</source>
   <translation>Lugares</translation>
  </message>
  <message>
   <source>Quality of the position</source>
   <translation>Calidad de la posición</translation>
  </message>
  <message>
   <source>Rain and snow</source>
   <translation>Lluvia y nieve</translation>
  </message>
  <message>
   <source>Read to find classes that are a map of enforcement, then dropped</source>
   <translation>Se lee para detectar clases que solo reflejan la actuación policial, y se descarta</translation>
  </message>
  <message>
   <source>Reported at</source>
   <translation>Denunciado el</translation>
  </message>
  <message>
   <source>Reported crime with class, time and place</source>
   <translation>Delitos denunciados, con clase, hora y lugar</translation>
  </message>
  <message>
   <source>Roster</source>
   <translation>Rol de servicio</translation>
  </message>
  <message>
   <source>Shift (empty: all)</source>
   <translation>Turno (vacío: todos)</translation>
  </message>
  <message>
   <source>Starts</source>
   <translation>Empieza</translation>
  </message>
  <message>
   <source>Street lines, for names in briefings</source>
   <translation>Líneas de calles, para los nombres en las instrucciones</translation>
  </message>
  <message>
   <source>Streets</source>
   <translation>Calles</translation>
  </message>
  <message>
   <source>Temperature</source>
   <translation>Temperatura</translation>
  </message>
  <message>
   <source>There since</source>
   <translation>Existe desde</translation>
  </message>
  <message>
   <source>Unit</source>
   <translation>Unidad</translation>
  </message>
  <message>
   <source>Units with district and shift; without it any number</source>
   <translation>Unidades con distrito y turno; sin ella, cualquier número</translation>
  </message>
  <message>
   <source>Weather</source>
   <translation>Tiempo atmosférico</translation>
  </message>
 </context>
 <context>
  <name>RunDock</name>
  <message>
   <source>1 run</source>
   <translation>1 ejecución</translation>
  </message>
  <message>
   <source>All crime types</source>
   <translation>Todos los tipos de delito</translation>
  </message>
  <message>
   <source>All shifts</source>
   <translation>Todos los turnos</translation>
  </message>
  <message>
   <source>Also by a double click</source>
   <translation>También con doble clic</translation>
  </message>
  <message>
   <source>Briefing</source>
   <translation>Instrucciones de servicio</translation>
  </message>
  <message>
   <source>Choose two runs (with Ctrl): the newer minus the older one, as a layer</source>
   <translation>Elija dos ejecuciones (con Ctrl): la más reciente menos la anterior, como capa</translation>
  </message>
  <message>
   <source>Difference</source>
   <translation>Diferencia</translation>
  </message>
  <message>
   <source>History</source>
   <translation>Historial</translation>
  </message>
  <message>
   <source>In which shift</source>
   <translation>En qué turno</translation>
  </message>
  <message>
   <source>No run yet. Run the day with the button above.</source>
   <translation>Todavía no hay ejecuciones. Ejecute el día con el botón de arriba.</translation>
  </message>
  <message>
   <source>Open a workspace first: Evenbeat &gt; Workspace and layers.</source>
   <translation>Abra antes un espacio de trabajo: Evenbeat &gt; Espacio de trabajo y capas.</translation>
  </message>
  <message>
   <source>Open the briefing of the run in the browser</source>
   <translation>Abrir las instrucciones de la ejecución en el navegador</translation>
  </message>
  <message>
   <source>Priority</source>
   <translation>Prioridad</translation>
  </message>
  <message>
   <source>Reading the workspace...</source>
   <translation>Leyendo el espacio de trabajo...</translation>
  </message>
  <message>
   <source>Run</source>
   <translation>Ejecución</translation>
  </message>
  <message>
   <source>Show on the map</source>
   <translation>Mostrar en el mapa</translation>
  </message>
  <message>
   <source>The runs cannot be listed</source>
   <translation>No se pueden listar las ejecuciones</translation>
  </message>
  <message>
   <source>What is shown of a run</source>
   <translation>Qué se muestra de una ejecución</translation>
  </message>
  <message>
   <source>{count} runs</source>
   <translation>{count} ejecuciones</translation>
  </message>
  <message>
   <source>{date} is run: {boxes} boxes.</source>
   <translation>{date} está ejecutado: {boxes} recuadros.</translation>
  </message>
 </context>
 <context>
  <name>SetupPage</name>
  <message>
   <source>Check</source>
   <translation>Comprobación</translation>
  </message>
  <message>
   <source>Check again</source>
   <translation>Comprobar de nuevo</translation>
  </message>
  <message>
   <source>Choose the Python in which Evenbeat is installed</source>
   <translation>Elija el Python en el que está instalado Evenbeat</translation>
  </message>
  <message>
   <source>Copied</source>
   <translation>Copiado</translation>
  </message>
  <message>
   <source>Copy</source>
   <translation>Copiar</translation>
  </message>
  <message>
   <source>Evenbeat {version} with Python {python} answers.</source>
   <translation>Evenbeat {version} con Python {python} responde.</translation>
  </message>
  <message>
   <source>Found by itself; or choose one here</source>
   <translation>Se busca automáticamente; o elija uno aquí</translation>
  </message>
  <message>
   <source>Found none in the usual places.</source>
   <translation>No se ha encontrado ninguno en los lugares habituales.</translation>
  </message>
  <message>
   <source>Found: {python} (by {found_by})</source>
   <translation>Encontrado: {python} (por {found_by})</translation>
  </message>
  <message>
   <source>Install the engine (once, outside QGIS)</source>
   <translation>Instalar el motor (una vez, fuera de QGIS)</translation>
  </message>
  <message>
   <source>No engine was found. Install it as shown below.</source>
   <translation>No se ha encontrado ningún motor. Instálelo como se indica abajo.</translation>
  </message>
  <message>
   <source>Not everything is in order; see below.</source>
   <translation>No todo está en orden; véase abajo.</translation>
  </message>
  <message>
   <source>Python of the engine</source>
   <translation>Python del motor</translation>
  </message>
  <message>
   <source>Starting {python} ...</source>
   <translation>Iniciando {python} ...</translation>
  </message>
  <message>
   <source>State</source>
   <translation>Estado</translation>
  </message>
  <message>
   <source>Type this in the folder of Evenbeat's sources, with Python 3.11 or newer:</source>
   <translation>Escriba esto en la carpeta de las fuentes de Evenbeat, con Python 3.11 o posterior:</translation>
  </message>
  <message>
   <source>What</source>
   <translation>Qué</translation>
  </message>
  <message>
   <source>What to do</source>
   <translation>Qué hacer</translation>
  </message>
 </context>
 <context>
  <name>SourceSaver</name>
  <message>
   <source>{count} units</source>
   <translation>{count} unidades</translation>
  </message>
 </context>
 <context>
  <name>SourcesPage</name>
  <message>
   <source>Add a layer...</source>
   <translation>Añadir una capa...</translation>
  </message>
  <message>
   <source>Add the incidents next: at least a year of reported crime.</source>
   <translation>Ahora añada los incidentes: al menos un año de delitos denunciados.</translation>
  </message>
  <message>
   <source>Check this source, and choose its columns</source>
   <translation>Comprobar esta fuente y elegir sus columnas</translation>
  </message>
  <message>
   <source>Columns...</source>
   <translation>Columnas...</translation>
  </message>
  <message>
   <source>New sources are not read yet. Read them now, or run the day.</source>
   <translation>Las fuentes nuevas todavía no se han leído. Léalas ahora, o ejecute el día.</translation>
  </message>
  <message>
   <source>Not found: {paths}. Put the file back, or remove the source.</source>
   <translation>No se encuentra: {paths}. Reponga el archivo o quite la fuente.</translation>
  </message>
  <message>
   <source>Nothing had changed.</source>
   <translation>No había cambiado nada.</translation>
  </message>
  <message>
   <source>Read every source that changed; running the day does so by itself</source>
   <translation>Leer todas las fuentes que han cambiado; al ejecutar el día se hace solo</translation>
  </message>
  <message>
   <source>Read now</source>
   <translation>Leer ahora</translation>
  </message>
  <message>
   <source>Reading the sources...</source>
   <translation>Leyendo las fuentes...</translation>
  </message>
  <message>
   <source>Remove</source>
   <translation>Quitar</translation>
  </message>
  <message>
   <source>Remove a source</source>
   <translation>Quitar una fuente</translation>
  </message>
  <message>
   <source>Some sources were read by an older version of Evenbeat. Read them again now, or run the day.</source>
   <translation>Algunas fuentes se leyeron con una versión anterior de Evenbeat. Léalas de nuevo ahora o ejecute el día.</translation>
  </message>
  <message>
   <source>Start with the districts: add a layer of polygons in that role.</source>
   <translation>Empiece por los distritos: añada una capa de polígonos con ese papel.</translation>
  </message>
  <message>
   <source>Take this source out of the settings (Del)</source>
   <translation>Quitar esta fuente de los ajustes (Supr)</translation>
  </message>
  <message>
   <source>Take {path} out of the sources? The file stays; its rows leave the workspace when the sources are read again.</source>
   <translation>¿Quitar {path} de las fuentes? El archivo se conserva; sus filas salen del espacio de trabajo cuando se vuelvan a leer las fuentes.</translation>
  </message>
  <message>
   <source>The settings cannot be read</source>
   <translation>No se pueden leer los ajustes</translation>
  </message>
  <message>
   <source>The settings were not changed</source>
   <translation>Los ajustes no se han cambiado</translation>
  </message>
  <message>
   <source>The source was removed.</source>
   <translation>La fuente se ha quitado.</translation>
  </message>
  <message>
   <source>The sources were changed meanwhile; look again.</source>
   <translation>Las fuentes han cambiado entretanto; vuelva a mirar.</translation>
  </message>
  <message>
   <source>The sources were not read</source>
   <translation>Las fuentes no se han leído</translation>
  </message>
  <message>
   <source>This workspace can only be read. Nothing can be changed here.</source>
   <translation>Este espacio de trabajo es de solo lectura. Aquí no se puede cambiar nada.</translation>
  </message>
  <message>
   <source>{count} files were read.</source>
   <translation>Se han leído {count} archivos.</translation>
  </message>
 </context>
 <context>
  <name>SourcesTree</name>
  <message>
   <source>Layer</source>
   <translation>Capa</translation>
  </message>
  <message>
   <source>Read by an older version of Evenbeat; run the day (or Ingest) to read it again.</source>
   <translation>Se leyó con una versión anterior de Evenbeat; ejecute el día (o Leer los datos) para leerla de nuevo.</translation>
  </message>
  <message>
   <source>Remove</source>
   <translation>Quitar</translation>
  </message>
  <message>
   <source>Rows</source>
   <translation>Filas</translation>
  </message>
  <message>
   <source>State</source>
   <translation>Estado</translation>
  </message>
  <message>
   <source>changed</source>
   <translation>cambiado</translation>
  </message>
  <message>
   <source>file missing</source>
   <translation>falta el archivo</translation>
  </message>
  <message>
   <source>needed</source>
   <translation>necesario</translation>
  </message>
  <message>
   <source>none</source>
   <translation>ninguno</translation>
  </message>
  <message>
   <source>not read yet</source>
   <translation>sin leer</translation>
  </message>
  <message>
   <source>read</source>
   <translation>leído</translation>
  </message>
  <message>
   <source>read anew each time</source>
   <translation>se lee cada vez</translation>
  </message>
  <message>
   <source>read by an older version</source>
   <translation>leída con una versión anterior</translation>
  </message>
 </context>
 <context>
  <name>StoryView</name>
  <message>
   <source>, over a cap</source>
   <translation>, por encima de un tope</translation>
  </message>
  <message>
   <source>; before, {usual:.1f} in 4 weeks on average</source>
   <translation>; antes, {usual:.1f} en 4 semanas de media</translation>
  </message>
  <message>
   <source>A person drew it on the map; nothing of the forecast stands out.</source>
   <translation>Una persona lo dibujó en el mapa; nada del pronóstico destaca.</translation>
  </message>
  <message>
   <source>A reviewer placed it; no forecast speaks for it.</source>
   <translation>Lo puso un revisor; ningún pronóstico lo respalda.</translation>
  </message>
  <message>
   <source>An exploration box: drawn evenly from all cells, whatever their risk.</source>
   <translation>Un recuadro de exploración: sorteado por igual entre todas las celdas, sea cual sea su riesgo.</translation>
  </message>
  <message>
   <source>Caps</source>
   <translation>Topes</translation>
  </message>
  <message>
   <source>History</source>
   <translation>Historial</translation>
  </message>
  <message>
   <source>Mainly for</source>
   <translation>Sobre todo por</translation>
  </message>
  <message>
   <source>No measured patrol in the days before.</source>
   <translation>Ninguna patrulla medida en los días anteriores.</translation>
  </message>
  <message>
   <source>None in the last {days} days within {near:g} m.</source>
   <translation>Ninguno en los últimos {days} días a menos de {near:g} m.</translation>
  </message>
  <message>
   <source>Nothing stands out in this cell.</source>
   <translation>Nada destaca en esta celda.</translation>
  </message>
  <message>
   <source>Nothing was done to it yet.</source>
   <translation>Todavía no se ha hecho nada con él.</translation>
  </message>
  <message>
   <source>Recent incidents</source>
   <translation>Incidentes recientes</translation>
  </message>
  <message>
   <source>Recent patrol</source>
   <translation>Patrulla reciente</translation>
  </message>
  <message>
   <source>Tactics</source>
   <translation>Tácticas</translation>
  </message>
  <message>
   <source>Trend</source>
   <translation>Tendencia</translation>
  </message>
  <message>
   <source>Why here?</source>
   <translation>¿Por qué aquí?</translation>
  </message>
  <message>
   <source>and {more} more</source>
   <translation>y {more} más</translation>
  </message>
  <message>
   <source>in the box</source>
   <translation>en el recuadro</translation>
  </message>
  <message>
   <source>near it; the place is not shown</source>
   <translation>cerca; el lugar no se muestra</translation>
  </message>
  <message>
   <source>{count:.0f} incidents in the last 4 weeks within {near:g} m</source>
   <translation>{count:.0f} incidentes en las últimas 4 semanas a menos de {near:g} m</translation>
  </message>
  <message>
   <source>{minutes:.0f} minutes of patrol in {days} days, on {counted} of them as a visit (green).</source>
   <translation>{minutes:.0f} minutos de patrulla en {days} días, en {counted} de ellos como visita (verde).</translation>
  </message>
  <message>
   <source>{type}: {words}</source>
   <translation>{type}: {words}</translation>
  </message>
  <message>
   <source>{used:g} of {allowed:g} {unit}</source>
   <translation>{used:g} de {allowed:g} {unit}</translation>
  </message>
 </context>
 <context>
  <name>Tiles</name>
  <message>
   <source>A new publication is on the map: {names}.</source>
   <translation>Hay una publicación nueva en el mapa: {names}.</translation>
  </message>
  <message>
   <source>Approved boxes</source>
   <translation>Recuadros aprobados</translation>
  </message>
  <message>
   <source>Authentications with a key exist from QGIS 3.40 on.</source>
   <translation>La autenticación mediante clave existe desde QGIS 3.40.</translation>
  </message>
  <message>
   <source>The key goes over the network unencrypted; ask for an https address.</source>
   <translation>La clave viaja por la red sin cifrar; pida una dirección https.</translation>
  </message>
  <message>
   <source>The service wants another key. {detail}</source>
   <translation>El servicio pide otra clave. {detail}</translation>
  </message>
  <message>
   <source>This QGIS cannot send the key as a header, so it is part of the layers' addresses: everyone who gets the project can read it.</source>
   <translation>Este QGIS no puede enviar la clave como cabecera, así que forma parte de la dirección de las capas: quien reciba el proyecto puede leerla.</translation>
  </message>
  <message>
   <source>Too many requests; wait a minute. {detail}</source>
   <translation>Demasiadas peticiones; espere un minuto. {detail}</translation>
  </message>
  <message>
   <source>newest</source>
   <translation>más reciente</translation>
  </message>
  <message>
   <source>{address} answers {status}: it is no Evenbeat tile service.</source>
   <translation>{address} responde {status}: no es un servicio de teselas de Evenbeat.</translation>
  </message>
  <message>
   <source>{address} answers, but not as an Evenbeat tile service does.</source>
   <translation>{address} responde, pero no como un servicio de teselas de Evenbeat.</translation>
  </message>
  <message>
   <source>{address} does not answer: {reason}. Check the address.</source>
   <translation>{address} no responde: {reason}. Compruebe la dirección.</translation>
  </message>
  <message>
   <source>{text} is no web address. Give one such as https://tiles.example.org</source>
   <translation>{text} no es una dirección web. Indique una como https://tiles.example.org</translation>
  </message>
 </context>
 <context>
  <name>TilesDock</name>
  <message>
   <source>Approved boxes</source>
   <translation>Recuadros aprobados</translation>
  </message>
  <message>
   <source>Asking {address}...</source>
   <translation>Consultando {address}...</translation>
  </message>
  <message>
   <source>Boxes on the newest day; never officers or units</source>
   <translation>Recuadros del día más reciente; nunca agentes ni unidades</translation>
  </message>
  <message>
   <source>Days</source>
   <translation>Días</translation>
  </message>
  <message>
   <source>Give the address of a tile service and connect. The agency that publishes gives out keys; evenbeat serve starts a service on this computer.</source>
   <translation>Indique la dirección de un servicio de teselas y conéctese. Las claves las da el organismo que publica; evenbeat serve inicia un servicio en este equipo.</translation>
  </message>
  <message>
   <source>Layer</source>
   <translation>Capa</translation>
  </message>
  <message>
   <source>Layers of the project are looked after once a minute</source>
   <translation>Las capas del proyecto se revisan una vez por minuto</translation>
  </message>
  <message>
   <source>Look for new publications</source>
   <translation>Buscar publicaciones nuevas</translation>
  </message>
  <message>
   <source>Newest</source>
   <translation>Lo más reciente</translation>
  </message>
  <message>
   <source>Not connected.</source>
   <translation>Sin conexión.</translation>
  </message>
  <message>
   <source>Nothing is published there that this key opens.</source>
   <translation>No hay nada publicado que esta clave abra.</translation>
  </message>
  <message>
   <source>The map's CRS does not reach there.</source>
   <translation>El SRC del mapa no llega hasta allí.</translation>
  </message>
  <message>
   <source>Tile services</source>
   <translation>Servicios de teselas</translation>
  </message>
  <message>
   <source>Zoom there</source>
   <translation>Acercar a la zona</translation>
  </message>
  <message>
   <source>{count} layers were added, each with its time.</source>
   <translation>Se han añadido {count} capas, cada una con su tiempo.</translation>
  </message>
  <message>
   <source>{name} was added.</source>
   <translation>Se ha añadido {name}.</translation>
  </message>
  <message>
   <source>{name} was not added.</source>
   <translation>No se ha añadido {name}.</translation>
  </message>
  <message>
   <source>{title} by shift</source>
   <translation>{title} por turno</translation>
  </message>
 </context>
 <context>
  <name>TimeBar</name>
  <message>
   <source>An hour back (Left)</source>
   <translation>Una hora atrás (Izquierda)</translation>
  </message>
  <message>
   <source>An hour on (Right)</source>
   <translation>Una hora adelante (Derecha)</translation>
  </message>
  <message>
   <source>Play the day (Space)</source>
   <translation>Reproducir el día (Espacio)</translation>
  </message>
  <message>
   <source>{day} {begin} to {end}, {minutes:,.0f} min in all</source>
   <translation>{day} de {begin} a {end}, {minutes:,.0f} min en total</translation>
  </message>
 </context>
 <context>
  <name>Tips</name>
  <message>
   <source>Above this share of cells</source>
   <translation>Por encima de esta parte de las celdas</translation>
  </message>
  <message>
   <source>Delivered</source>
   <translation>Cumplido</translation>
  </message>
  <message>
   <source>District</source>
   <translation>Distrito</translation>
  </message>
  <message>
   <source>Expected incidents</source>
   <translation>Incidentes esperados</translation>
  </message>
  <message>
   <source>Mostly</source>
   <translation>Sobre todo</translation>
  </message>
  <message>
   <source>Outcome</source>
   <translation>Resultado</translation>
  </message>
  <message>
   <source>Planned</source>
   <translation>Previsto</translation>
  </message>
  <message>
   <source>Reason</source>
   <translation>Motivo</translation>
  </message>
  <message>
   <source>Shift</source>
   <translation>Turno</translation>
  </message>
  <message>
   <source>State</source>
   <translation>Estado</translation>
  </message>
 </context>
 <context>
  <name>Verdict</name>
  <message>
   <source>Choose columns, another role, or another layer.</source>
   <translation>Elija columnas, otro papel u otra capa.</translation>
  </message>
  <message>
   <source>Left out: {what}</source>
   <translation>Descartado: {what}</translation>
  </message>
  <message>
   <source>Mended: {what}</source>
   <translation>Corregido: {what}</translation>
  </message>
  <message>
   <source>No row of {rows:,} can be used.</source>
   <translation>Ninguna de las {rows:,} filas se puede usar.</translation>
  </message>
  <message>
   <source>Not yet.</source>
   <translation>Todavía no.</translation>
  </message>
  <message>
   <source>Refused by policy: {what}</source>
   <translation>Rechazado por la política: {what}</translation>
  </message>
  <message>
   <source>Rows</source>
   <translation>Filas</translation>
  </message>
  <message>
   <source>That did not work.</source>
   <translation>No ha funcionado.</translation>
  </message>
  <message>
   <source>This layer cannot be used like this.</source>
   <translation>Esta capa no se puede usar así.</translation>
  </message>
  <message>
   <source>What was found</source>
   <translation>Lo que se ha encontrado</translation>
  </message>
  <message>
   <source>{kept:,} of {rows:,} rows can be used.</source>
   <translation>Se pueden usar {kept:,} de {rows:,} filas.</translation>
  </message>
 </context>
 <context>
  <name>WorkspaceChooser</name>
  <message>
   <source>Choose a workspace</source>
   <translation>Elija un espacio de trabajo</translation>
  </message>
  <message>
   <source>Make a folder a workspace</source>
   <translation>Convertir una carpeta en espacio de trabajo</translation>
  </message>
  <message>
   <source>New...</source>
   <translation>Nuevo...</translation>
  </message>
  <message>
   <source>None yet</source>
   <translation>Ninguno todavía</translation>
  </message>
  <message>
   <source>Open a folder that holds evenbeat.toml</source>
   <translation>Abrir una carpeta que contenga evenbeat.toml</translation>
  </message>
  <message>
   <source>Open a workspace</source>
   <translation>Abrir un espacio de trabajo</translation>
  </message>
  <message>
   <source>Open...</source>
   <translation>Abrir...</translation>
  </message>
 </context>
 <context>
  <name>WorkspaceDock</name>
  <message>
   <source>CRS by itself</source>
   <translation>SRC automático</translation>
  </message>
  <message>
   <source>Layers</source>
   <translation>Capas</translation>
  </message>
  <message>
   <source>Make a workspace...</source>
   <translation>Crear un espacio de trabajo...</translation>
  </message>
  <message>
   <source>No workspace is open. Open a folder that holds evenbeat.toml, or make a new one and add your layers to it.</source>
   <translation>No hay ningún espacio de trabajo abierto. Abra una carpeta que contenga evenbeat.toml, o cree una nueva y añádale sus capas.</translation>
  </message>
  <message>
   <source>Priorities</source>
   <translation>Prioridades</translation>
  </message>
  <message>
   <source>Reading the workspace...</source>
   <translation>Leyendo el espacio de trabajo...</translation>
  </message>
  <message>
   <source>The workspace is made. Add the districts next.</source>
   <translation>El espacio de trabajo está creado. Ahora añada los distritos.</translation>
  </message>
  <message>
   <source>Workspace and layers</source>
   <translation>Espacio de trabajo y capas</translation>
  </message>
  <message>
   <source>can only be read</source>
   <translation>solo lectura</translation>
  </message>
  <message>
   <source>cells of {size:g} {unit}</source>
   <translation>celdas de {size:g} {unit}</translation>
  </message>
  <message>
   <source>no reviewer</source>
   <translation>sin revisor</translation>
  </message>
  <message>
   <source>you are {actor} ({role})</source>
   <translation>usted es {actor} ({role})</translation>
  </message>
  <message>
   <source>{folder} is no workspace: it has no evenbeat.toml. Choose another folder, or make it one with New...</source>
   <translation>{folder} no es un espacio de trabajo: no tiene evenbeat.toml. Elija otra carpeta, o conviértala en uno con Nuevo...</translation>
  </message>
  <message>
   <source>{shifts} shifts</source>
   <translation>{shifts} turnos</translation>
  </message>
 </context>
</TS>
